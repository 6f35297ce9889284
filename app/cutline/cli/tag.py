"""`cutline tag`: ask a backend about photos, merge, embed. What it is called with; the run is in `tagging`."""

from pathlib import Path
from typing import Annotated

import typer

from cutline.cli import options, places
from cutline.cli.arguments import as_paths
from cutline.cli.output import Output
from cutline.cli.tagging import Call, foretell, run
from cutline.core.export import checked
from cutline.core.photo import is_url


def tag(
    context: typer.Context,
    paths: options.Paths,
    backend: Annotated[
        str | None, typer.Option(metavar="ID", help="Who is asked: offline (default), or one that `backends` lists.")
    ] = None,
    lang: Annotated[str | None, typer.Option(metavar="CODE", help="Language of the answer (default en).")] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            metavar="merge|fill|replace",
            help="merge (default): tags are added to those in the file, title and description only where empty;"
            " fill: only what is empty; replace: what the backend gives.",
        ),
    ] = None,
    fields: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,...",
            help="What may be changed: title, description, tags, alt_text (default: the first three).",
        ),
    ] = None,
    write: options.WriteMode = None,
    max_tags: Annotated[str | None, typer.Option(metavar="N", help="Most tags for a photo (default 50).")] = None,
    no_recursive: options.NoRecursive = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask and show, write nothing.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask again, even where an answer is kept.")] = False,
    max_cost: Annotated[
        str | None,
        typer.Option(metavar="N", help="Most the run may cost: credits, as 200, or money, as “20 USD”."),
    ] = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Say what the run would cost, and ask nobody.")] = False,
    save_to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Save pictures that are given as URLs in this folder, and write into them."),
    ] = None,
    csv: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Also write what became of each photo, or URL, to this table (CSV)."),
    ] = None,
    sidecar_json: Annotated[
        bool, typer.Option("--sidecar-json", help="Keep each answer as photo.json beside its photo, too.")
    ] = False,
    from_json: Annotated[
        bool, typer.Option("--from-json", help="Take a photo.json beside a photo as its answer.")
    ] = False,
    json: options.Json = False,
    set_: options.Set = None,
) -> int:
    """Ask a backend about photos, and embed what it suggests. A photo on the web can be given by its URL.

    Answers are merged with what is in the files, and kept: the same picture is not asked about twice.
    """
    from cutline.core.tagging import Rules

    named = {
        "backend": backend, "lang": lang, "policy": policy, "fields": fields, "write": write, "max_tags": max_tags,
        "max_cost": max_cost, "sidecar_json": sidecar_json or None, "from_json": from_json or None,
    }  # fmt: skip
    settings = places.settings_with([*options.call_of(context).overrides, *(set_ or [])], named)
    table = checked("csv", *as_paths([csv])) if csv else None
    with places.tagger(settings, Rules(dry_run, fresh)) as tagger:
        urls, names = [word for word in paths if is_url(word)], [word for word in paths if not is_url(word)]
        call = Call(as_paths(names), urls, not no_recursive, fresh, dry_run, save_to, table)
        return (foretell if estimate else run)(call, tagger, settings, Output(json))
