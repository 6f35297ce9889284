"""Cutline's writer on real photos: python tests/corpus.py DIR...

Writes a caption into a copy of every photo below the folders, and looks whether anything but the caption changed. The
copies are made in a temporary folder (TMPDIR chooses where). Ends with status 1 where a check found anything.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from cutline.core import metadata
from cutline.core.journal import Journal
from helpers.corpus_checks import CHECKS
from helpers.corpus_exiftool import ExifTool
from helpers.corpus_photos import format_of, photos
from helpers.corpus_report import details, reasons, table
from helpers.corpus_trial import Check, Lab, Verdict, Write, tried

_RENEWED = 50  # photos of one journal


def main(arguments: Sequence[str] | None = None, checks: Mapping[str, Check] = CHECKS) -> int:
    """Look at the photos below the folders named; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", metavar="DIR", nargs="+", type=Path)
    parser.add_argument(
        "--only", metavar="FORMAT", action="append", help="only this format (jpeg, png, ...); repeatable"
    )
    parser.add_argument("--most", metavar="N", type=int, default=0, help="at most N photos of each format")
    parser.add_argument("--verbose", action="store_true", help="list every file with a fault")
    chosen = parser.parse_args(arguments)
    verdicts = []
    for verdict in judged(_chosen(chosen.folders, chosen.only, chosen.most), checks):
        verdicts.append(verdict)
        _progress(len(verdicts))
        if chosen.verbose:
            print("".join(f"{line}\n" for line in details([verdict])), end="", flush=True)
    print(table(verdicts, checks), *reasons(verdicts), sep="\n")
    return 1 if any(verdict.faults for verdict in verdicts) else 0


def judged(
    found: Iterator[Path], checks: Mapping[str, Check] = CHECKS, write: Write = metadata.write
) -> Iterator[Verdict]:
    """The verdict on every photo, as each is done; `write` stands in for Cutline's."""
    with ExifTool() as exiftool:
        while batch := list(islice(found, _RENEWED)):
            with tempfile.TemporaryDirectory(prefix="cutline-corpus-") as name, _journal(name) as journal:
                for number, photo in enumerate(batch):
                    folder = Path(name, str(number))
                    folder.mkdir()
                    yield tried(photo, Lab(folder, exiftool, journal, write), checks)


def _journal(folder: str) -> closing[Journal]:
    return closing(Journal(Path(folder, "journal.sqlite")))


def _chosen(folders: list[Path], only: list[str] | None, most: int) -> Iterator[Path]:
    taken: Counter[str] = Counter()
    for path in photos(folders):
        name = format_of(path)
        if (only is None or name in only) and not (most and taken[name] >= most):
            taken[name] += 1
            yield path


def _progress(count: int) -> None:
    if sys.stderr.isatty() or count % 200 == 0:
        print(f"\r{count} photos", end="" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
