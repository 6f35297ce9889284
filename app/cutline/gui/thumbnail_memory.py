"""A store that holds so many bytes and lets go of what was not looked at for longest."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """At most `limit` bytes, as those who put things in say; the newest stays even where it alone is larger."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Key) -> Value | None:
        """What is held for `key`, which counts as looked at; or None."""
        found = self._held.get(key)
        if found is None:
            return None
        self._held.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Hold `value`, of `size` bytes, instead of what was held for `key`."""
        self.drop(key)
        self._held[key] = (value, size)
        self.bytes += size
        while self.bytes > self._limit and len(self._held) > 1:
            _, (_, gone) = self._held.popitem(last=False)
            self.bytes -= gone

    def drop(self, key: Key) -> None:
        """Hold nothing for `key`."""
        found = self._held.pop(key, None)
        if found is not None:
            self.bytes -= found[1]
