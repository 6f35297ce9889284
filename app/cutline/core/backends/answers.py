"""Reading what a service answered: any bytes at all, made into values that are safe to keep.

A document may hold anything JSON allows, and what JSON allows is more than a database, a terminal or a photo can hold:
lone surrogates, numbers without end, nesting without end, a megabyte of title. Nothing here trusts a shape.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cutline.core.errors import BadAnswer, ServiceSaid
from cutline.core.keywords import clean, tidy, tidy_lines
from cutline.core.photo import Caption, Credits, printable

_DEPTH = 50  # deepest nesting; the services need five
_MAX_TEXT = 32_000  # bytes of a caption in UTF-8: what fits a JPEG's one XMP packet with room for other people's
_MAX_DETAILS = 100_000  # bytes of everything else in an answer, as JSON
_SHOWN = 300  # characters of a service's message shown to a person
_STARS = "•••"


def document(body: bytes, secret: str | None) -> Any:
    """The JSON value in `body`, with `secret` starred out of every text; `ValueError` where it is none."""
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_no_number)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return sound(value, secret)


def sound(value: Any, secret: str | None) -> Any:
    """`value`, JSON-shaped, fit to keep: no lone surrogates, `secret` starred out; `ValueError` where it cannot be."""
    return _sound(value, secret, _DEPTH)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number in JSON")


def _sound(value: Any, secret: str | None, depth: int) -> Any:
    if isinstance(value, str):
        return hidden(value, secret).encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a number out of range")
    if isinstance(value, list | dict) and not depth:
        raise ValueError("nested too deeply")
    if isinstance(value, list):
        return [_sound(item, secret, depth - 1) for item in value]
    if isinstance(value, dict):
        return {_sound(name, secret, 0): _sound(item, secret, depth - 1) for name, item in value.items()}
    return value


def hidden(text: str, secret: str | None) -> str:
    """`text` with `secret` replaced by stars: a service may quote the key it refuses."""
    return text.replace(secret, _STARS) if secret else text


def text(value: object) -> str:
    """A title or description from any value: text, a number, or the texts of a list; else empty."""
    if isinstance(value, str):
        return tidy_lines(value)
    if isinstance(value, list):
        return " ".join(part for part in map(text, value) if part)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return " ".join(clean(value))
    return ""


def words(value: object) -> tuple[str, ...]:
    """Tags from any value; one text for all of them is taken apart at commas, semicolons and line breaks."""
    if isinstance(value, str):
        for mark in ";；，、\r\n":
            value = value.replace(mark, ",")
        return clean(value.split(","))
    return clean(value)


def caption(title: object, description: object, tags: object, who: str, alt_text: object = None) -> Caption:
    """A caption of such values; `BadAnswer` where it says nothing, or more than a photo can hold."""
    made = Caption(tidy(text(title)), text(description), words(tags), text(alt_text))
    size = sum(len(part.encode()) for part in (made.title, made.description, *made.tags, made.alt_text))
    if not size:
        raise BadAnswer(f"{who} answered without a title, description or tags for this picture.")
    if size > _MAX_TEXT:
        raise BadAnswer(f"{who} answered with {size:,} bytes of text, more than a photo can hold ({_MAX_TEXT:,}).")
    return made


def details(value: Mapping[str, Any], who: str) -> dict[str, Any]:
    """What else a service said, as it said it; `BadAnswer` where it is more than anyone wants to keep."""
    size = len(json.dumps(value))
    if size > _MAX_DETAILS:
        raise BadAnswer(f"{who} answered with {size:,} bytes about this picture; at most {_MAX_DETAILS:,} are kept.")
    return dict(value)


def number(value: object) -> float | None:
    """A finite number, given as such or as text; else None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def credits_of(value: object) -> Credits | None:
    """``{"amount": used, "remaining": left}``; None where neither is said."""
    if not isinstance(value, Mapping):
        return None
    found = Credits(number(value.get("amount")), number(value.get("remaining")))
    return None if found == Credits() else found


def said(value: object) -> ServiceSaid:
    """What a service says when it refuses, in any of the shapes met in the field.

    ``{"code", "message", "request_id"}``, ``{"error": {"code", "message"}}``, ``{"error": "text"}``,
    ``{"detail": ...}``, ``{"message", "errors": {"field": ["..."]}}``.
    """
    if not isinstance(value, Mapping):
        return ServiceSaid(message=_short(value) if isinstance(value, str) else "")
    request_id = _short(value.get("request_id"))
    inner = value.get("error")
    if isinstance(inner, Mapping):
        found = said(inner)
        return replace(found, request_id=found.request_id or request_id)
    message = _short(value.get("message")) or _short(inner) or _short(value.get("detail"))
    return ServiceSaid(_short(value.get("code")), _with_fields(message, value.get("errors")), request_id)


def _with_fields(message: str, errors: object) -> str:
    """`message` with what `errors` says of single fields behind it."""
    if not isinstance(errors, Mapping):
        return message
    parts = [text(reasons) or str(field) for field, reasons in errors.items()]
    return _short(" ".join(dict.fromkeys(part for part in (message, *parts) if part)))


def _short(value: object) -> str:
    """`value` as text on one line without anything invisible, cut to what a person can read."""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    line = printable(tidy(value if isinstance(value, str) else text(value)))
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
