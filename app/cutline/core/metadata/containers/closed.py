"""Formats that nothing is embedded into: all of the file is the picture, its caption is in the sidecar beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from cutline.core.metadata.model import BlockName, Layout, Splice


@dataclass(frozen=True, slots=True)
class Closed:
    """The container of a format by name, and why nothing is embedded into it (see `Layout.sidecar_only`)."""

    name: str
    why: str

    def parse(self, file: BinaryIO, size: int) -> Layout:
        """The layout of any file: one range, no blocks."""
        return Layout(self.name, {}, frozenset(), {}, ((0, size),), sidecar_only=self.why)

    def splices(self, layout: Layout, new: Mapping[BlockName, bytes]) -> list[Splice]:
        """None, since there is no block that could be new."""
        return []
