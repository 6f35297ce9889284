"""How the text of an IPTC block is coded: as 1:90 declares (ISO 2022 escape sequences), else as its bytes look."""

from collections.abc import Iterable

from cutline.core.errors import Malformed

UTF8 = b"\x1b%G"
_UTF8_FORMS = (UTF8, b"\x1b%/G", b"\x1b%/H", b"\x1b%/I")
_LATIN = "cp1252"
_PARTS = {"A": _LATIN, "B": "iso8859_2", "C": "iso8859_3", "D": "iso8859_4", "F": "iso8859_7", "G": "iso8859_6",
          "H": "iso8859_8", "L": "iso8859_5", "M": "iso8859_9", "V": "iso8859_10", "b": "iso8859_15"}  # fmt: skip


def coding(declared: bytes, texts: Iterable[bytes]) -> str:
    """The codec of a block whose 1:90 is `declared` (b"": none) and that holds `texts`.

    Undeclared text is UTF-8 where all of it can be, else Windows-1252. Raises `Malformed` for a set unknown here.
    """
    declared = declared.strip(b" \x00")
    if declared in _UTF8_FORMS:
        return "utf-8"
    texts = list(texts)
    shifting = declared and any(b"\x1b" in text for text in texts)  # as Japanese sets do, within bytes of ASCII
    if not shifting and all(map(is_utf8, texts)):
        return "utf-8"
    return _declared(declared)


def _declared(declared: bytes) -> str:
    codec = _LATIN
    for sequence in declared.split(b"\x1b"):
        if not sequence or sequence in (b"(B", b"%@"):
            continue
        part = _PARTS.get(sequence[1:].decode("latin-1")) if sequence[:1] in b"-./" else None
        if part is None:
            raise Malformed("The IPTC block uses a character set that Cutline does not know.")
        codec = part
    return codec


def decoded(data: bytes, codec: str) -> str:
    """`data` as text. UTF-8 that was cut within a character loses that rest; other broken UTF-8 is Windows-1252."""
    if codec != "utf-8":
        return _single_byte(data, codec)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        if (
            error.reason == "unexpected end of data"
            and error.end == len(data)
            and not _ends_in_latin(data, error.start)
        ):
            return data[: error.start].decode()
        return _single_byte(data, _LATIN)


def _ends_in_latin(data: bytes, start: int) -> bool:
    """Whether the one broken byte at the end, behind plain ASCII, is a letter of its own (as in “Café”): a value is cut
    where IIM's limits are (32, 64, 128, 256 and 2,000 bytes), all multiples of 16."""
    return start == len(data) - 1 and data[:start].isascii() and len(data) % 16 != 0


def _single_byte(data: bytes, codec: str) -> str:
    """`data` as text; a byte that the codec leaves undefined is the control character of its number, as to ExifTool."""
    return "".join(_character(byte, codec) for byte in data) if _undefined(data, codec) else data.decode(codec)


def _undefined(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return True
    return False


def _character(byte: int, codec: str) -> str:
    raw = bytes((byte,))
    return raw.decode("latin-1" if _undefined(raw, codec) else codec)


def is_utf8(data: bytes) -> bool:
    """Whether `data` is valid UTF-8."""
    return not _undefined(data, "utf-8")
