"""`cutline backends`: what can be asked, and its limits."""

from typing import TYPE_CHECKING, Any

import typer

from cutline.cli import options, places
from cutline.cli.guard import Exit, complain
from cutline.cli.output import Output
from cutline.core.errors import CutlineError
from cutline.core.photo import FIELDS, printable

if TYPE_CHECKING:
    from cutline.core.backends.base import Backend

_COLUMNS = ("id", "name", "key", "where", "languages", "a minute", "largest picture", "gives")


def backends(context: typer.Context, json: options.Json = False, set_: options.Set = None) -> int:
    """List the backends: their ids, what they need, and their limits."""
    from cutline.core import backends as registry

    settings = places.settings_with([*options.call_of(context).overrides, *(set_ or [])])
    output = Output(json)
    records = []
    for backend_id in registry.ids():
        try:
            with places.backend(backend_id, settings) as backend:
                records.append(_record(backend))
        except CutlineError as error:
            complain(str(error))
    if json:
        for record in records:
            output.record(record)
    else:
        _show(output, records)
    return Exit.DONE


def _record(backend: "Backend") -> dict[str, Any]:
    info = backend.info
    return {
        "id": backend.id,
        "name": backend.name,
        "needs_key": info.needs_key,
        "local": info.local,
        "formats": list(info.formats),
        "max_bytes": info.max_bytes,
        "languages": list(info.languages),
        "requests_per_minute": info.requests_per_minute,
        "gives": [name for name in FIELDS if name in info.gives],
    }


def _show(output: Output, records: list[dict[str, Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(*_COLUMNS)
    rows = [_cells(record) for record in records]
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    if output.fits(table):
        output.show(table)
        return
    for name, *cells in rows:
        output.line((name, "bold"))
        for label, cell in zip(_COLUMNS[1:], cells, strict=True):
            output.line((f"  {label:<17}", "dim"), cell)


def _cells(record: dict[str, Any]) -> tuple[str, ...]:
    cells = (
        record["id"],
        record["name"],
        "needed" if record["needs_key"] else "none",
        "this machine" if record["local"] else "a service",
        " ".join(record["languages"]) or "any",
        f"{record['requests_per_minute']:g}" if record["requests_per_minute"] else "no limit",
        f"{record['max_bytes'] / 1e6:.1f} MB" if record["max_bytes"] else "no limit",
        ", ".join(name.replace("_", " ") for name in record["gives"]),
    )
    return tuple(printable(cell) for cell in cells)
