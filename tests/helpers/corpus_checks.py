"""What is looked at after a photo of a corpus was written to. The order counts: the last three change the file."""

import unicodedata
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Mapping

from cutline.core import metadata
from cutline.core.errors import CutlineError
from cutline.core.photo import Caption
from helpers.corpus_exiftool import Said, foreign, shortened, values, warnings
from helpers.corpus_trial import CAPTION, MTIME_NS, Check, Trial
from helpers.spliced import spliced

_ALL = "\n".join((CAPTION.title, CAPTION.description, *CAPTION.tags, CAPTION.alt_text))
_MARKS = ("Quetzalc", "Popocat", "Xochimilco", "Tlalocan", "Huitzilo")
_LEAST = 16  # letters of an old text that other texts do not hold by chance
_BYTES = "base64:"
_LEFT_OUT = ("EXIF", "XMP", "Photoshop/IPTC")


def pixels(trial: Trial) -> list[str]:
    """Every frame has the pixels, size, mode and profile it had."""
    same = trial.before.frames == trial.after.frames
    return [] if same else [f"{_count(trial.before.frames)} -> {_count(trial.after.frames)}"]


def outside(trial: Trial) -> list[str]:
    """The file is the old one with what the write says it spliced in."""
    wanted = spliced(trial.before.data, trial.written.splices)
    return [] if wanted == trial.after.data else ["the file is not what its splices say"]


def fields(trial: Trial) -> list[str]:
    """ExifTool says of all else what it said before."""
    old, new = foreign(trial.before.said), foreign(trial.after.said)
    latin = _latin_iptc(trial.before.said)
    different = [key for key in sorted({*old, *new}) if not _same(key, old, new)]
    return [f"{key}: {old.get(key)} -> {new.get(key)}" for key in different if new.get(key) != latin.get(key, ())]


def warned(trial: Trial) -> list[str]:
    """ExifTool has nothing new to complain about.

    But that a new EXIF block lacks the resolution, which would contradict the one that JFIF or nobody gives; and which
    entries of an unsorted directory are out of sequence.
    """
    old = warnings(trial.before.said)
    new = (Counter(warnings(trial.after.said)) - Counter(old)).elements()
    had_exif = any(key.startswith("IFD0:") for key in trial.before.said)
    unsorted = any("out of order" in text for text in old)
    expected = [text for known, text in ((not had_exif, "Missing required"), (unsorted, "out of sequence")) if known]
    return sorted(text for text in new if not any(part in text for part in expected))


def read_back(trial: Trial) -> list[str]:
    """We and ExifTool read what was written, in every carrier that the write did not say it leaves out."""
    try:
        read = metadata.read(trial.path).caption
    except CutlineError as error:
        return [str(error)]
    own = [] if read == CAPTION else [f"we read {read}"]
    return own + list(_by_exiftool(trial.after.said, " ".join(trial.written.notes)))


def second_write(trial: Trial) -> list[str]:
    """Writing the same again changes nothing."""
    again = trial.write(CAPTION)
    same = trial.path.read_bytes() == trial.after.data and trial.path.stat().st_mtime_ns == MTIME_NS
    return [] if same and not again.changed else ["it was written once more"]


def lingering(trial: Trial) -> list[str]:
    """After all fields are cleared no byte of the caption is left, nor of the one the photo had before."""
    try:
        cleared = trial.write(Caption())
    except CutlineError as error:
        return [f"it cannot be cleared: {error}"]
    data, said = trial.path.read_bytes(), trial.lab.exiftool.said(trial.path)
    found = [f"“{text}” of ours" for text in _MARKS if _stands_in(text, data)]
    if any(word in note for note in (*trial.written.notes, *cleared.notes) for word in _LEFT_OUT):
        return found
    elsewhere = "\n".join(value for values in foreign(said).values() for value in values)
    old = (text for text in _texts(trial.old) if len(text) >= _LEAST and text not in _ALL)
    gone = (text for text in old if text not in elsewhere and shortened(text) not in elsewhere)
    return found + [f"“{text}” of before" for text in gone if _stands_in(text, data)]


def undone(trial: Trial) -> list[str]:
    """Undo brings back every byte, the time, and no file too many."""
    problems = trial.undo_all()
    if trial.path.read_bytes() != trial.before.data:
        problems.append("the bytes differ")
    if trial.path.stat().st_mtime_ns != MTIME_NS:
        problems.append("the time differs")
    problems += [f"{path.name} is left" for path in trial.lab.folder.iterdir() if path != trial.path]
    return problems


CHECKS: Mapping[str, Check] = {
    "pixels": pixels,
    "bytes": outside,
    "fields": fields,
    "warnings": warned,
    "read back": read_back,
    "second write": second_write,
    "lingers": lingering,
    "undo": undone,
}


def _count(frames: list[str] | None) -> str:
    return "not decoded" if frames is None else f"{len(frames)} frames"


def _same(key: str, old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> bool:
    before, after = old.get(key), new.get(key)
    if before == after:
        return True
    if before is None or after is None:
        block_is_new = {"XMP-x:Main:XMPToolkit": "XMP-x:Main:", "File:Main:ExifByteOrder": "IFD0:Main:"}.get(key)
        return before is None and block_is_new is not None and not any(k.startswith(block_is_new) for k in old)
    return key in _SIMPLE_WEBP and set(after) <= {*before, "Extended WEBP"}


_SIMPLE_WEBP = ("File:Main:FileType", "RIFF:Main:ImageWidth", "RIFF:Main:ImageHeight")
"""What is said otherwise, or twice, of a WebP that had to get a VP8X chunk."""


def _latin_iptc(said: Said) -> Said:
    """The IPTC texts of a block that says nothing of its character set and is no UTF-8, as Windows has them.

    ExifTool was told to take what is not declared for UTF-8, and gives what cannot be as its bytes.
    """
    texts = {key: values for key, values in said.items() if key.startswith("IPTC:Main:")}
    foreign_bytes = any(value.startswith(_BYTES) for values in texts.values() for value in values)
    if "IPTC:Main:CodedCharacterSet" in said or not foreign_bytes:
        return {}
    return {key: [_latin(value) for value in values] for key, values in texts.items()}


def _latin(value: str) -> str:
    data = b64decode(value.removeprefix(_BYTES)) if value.startswith(_BYTES) else value.encode()
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _by_exiftool(said: Said, notes: str) -> Iterator[str]:
    carriers = {
        "XMP": {"XMP-dc:Title": [CAPTION.title], "XMP-dc:Description": [CAPTION.description],
                "XMP-dc:Subject": list(CAPTION.tags), "XMP-iptcCore:AltTextAccessibility": [CAPTION.alt_text]},
        "Photoshop/IPTC": {"IPTC:ObjectName": [CAPTION.title], "IPTC:Caption-Abstract": [CAPTION.description],
                           "IPTC:Keywords": list(CAPTION.tags)},
        "EXIF": {"IFD0:ImageDescription": [CAPTION.description], "IFD0:XPTitle": [CAPTION.title]},
    }  # fmt: skip
    if values(said, "File:FileType") == ["BTF"]:  # of whose bytes ExifTool takes the decimal digits for the text
        del carriers["EXIF"]["IFD0:XPTitle"]
    sound = [wanted for name, wanted in carriers.items() if name not in notes]
    if not any(values(said, key) for wanted in sound for key in wanted):
        yield "ExifTool finds no caption"
    for wanted in sound:
        for key, texts in wanted.items():
            found = values(said, key)
            if found and found != texts * (len(found) // len(texts)):  # a file can hold several blocks
                yield f"ExifTool reads {key} as {found}"


def _texts(caption: Caption) -> tuple[str, ...]:
    return (caption.title, caption.description, *caption.tags, caption.alt_text)


def _stands_in(text: str, data: bytes) -> bool:
    forms = {text, unicodedata.normalize("NFD", text)}
    return any(form.encode(codec, "ignore") in data for form in forms for codec in ("utf-8", "utf-16-le", "utf-16-be"))
