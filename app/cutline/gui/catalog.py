"""What backends there are, looked up in the background because making one imports its HTTP client."""

from collections.abc import Iterator
from dataclasses import dataclass

from cutline.core.backends.base import Info
from cutline.core.errors import CutlineError
from cutline.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Card:
    """A backend as a person chooses it."""

    id: str
    name: str
    info: Info | None
    """None where the backend does not load; `trouble` says why."""
    trouble: str = ""


def cards(settings: Settings) -> Iterator[Card]:
    """Every registered backend, the local ones first. One that does not load does not hide the others."""
    from cutline.core import backends

    made = [_card(backend_id, settings) for backend_id in backends.ids()]
    yield from sorted(made, key=lambda card: (not (card.info and card.info.local), card.name.casefold()))


def _card(backend_id: str, settings: Settings) -> Card:
    from cutline.core import backends

    try:
        backend = backends.create(backend_id, settings, lambda: None)
    except CutlineError as error:
        return Card(backend_id, backend_id, None, str(error))
    try:
        return Card(backend.id, backend.name, backend.info)
    finally:
        backend.close()
