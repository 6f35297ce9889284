"""The verdicts on a corpus as a table, one line for each format."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from helpers.corpus_trial import Verdict

_FIRST = ("files", "decoded", "refused", "refused %", "sidecar", "embedded")

_MOST = 4  # faults of one kind that are listed of a file
_LONGEST = 300  # letters of a fault


def table(verdicts: Sequence[Verdict], checks: Iterable[str]) -> str:
    """Files, refusals among those that decode, and the faults each check found."""
    columns = (*_FIRST, *checks)
    by_format: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_format[verdict.format].append(verdict)
    rows = [[name, *_row(found, columns)] for name, found in sorted(by_format.items())]
    rows = [["", *columns], *rows, ["all", *_row(verdicts, columns)]]
    widths = [max(len(row[n]) for row in rows) for n in range(len(columns) + 1)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def reasons(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Why photos were refused or got a sidecar, the commonest first; those that do not decode apart."""
    kinds: dict[str, Callable[[Verdict], str]] = {
        "refused": lambda v: v.refused if v.decoded else "",
        "refused, does not decode": lambda v: "" if v.decoded else v.refused,
        "sidecar": lambda v: v.sidecar,
    }
    for kind, of in kinds.items():
        counts = Counter((verdict.format, of(verdict)) for verdict in verdicts if of(verdict))
        for (name, why), count in counts.most_common():
            yield f"{kind}: {count} {name}: {why}"


def details(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Every file with a fault, the first few of each kind, and every refusal of one that decodes."""
    for verdict in verdicts:
        for name, found in verdict.faults.items():
            yield from (f"{verdict.path}: {name}: {fault[:_LONGEST]}" for fault in found[:_MOST])
            if len(found) > _MOST:
                yield f"{verdict.path}: {name}: and {len(found) - _MOST} more"
        if verdict.refused and verdict.decoded:
            yield f"{verdict.path}: refused: {verdict.refused}"


def _row(verdicts: Sequence[Verdict], columns: Sequence[str]) -> list[str]:
    decoded = [v for v in verdicts if v.decoded]
    refused = sum(1 for v in decoded if v.refused)
    counts = {
        "files": len(verdicts),
        "decoded": len(decoded),
        "refused": refused,
        "sidecar": sum(1 for v in verdicts if v.sidecar),
        "embedded": sum(1 for v in verdicts if not v.refused and not v.sidecar),
    }
    share = f"{100 * refused / len(decoded):.1f}" if decoded else "-"
    return [share if c == "refused %" else str(counts.get(c, sum(1 for v in verdicts if c in v.faults)))
            for c in columns]  # fmt: skip
