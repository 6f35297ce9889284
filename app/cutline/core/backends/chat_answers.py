"""Reading what a vision model wrote: JSON where it kept to the schema, else whatever a person would still understand.

    choices[0].message ─> content, without its thoughts ─┬─> JSON objects, the first that says something
                          else where thoughts are left   ├─> “Title: ...” lines
                                                         └─> a list of words with commas

Models wrap JSON in fences and talk around it, think aloud in <think> tags, or leave the content empty and put all they
have into a field for their thoughts. In thoughts only JSON counts: their sentences are no tags. A sentence that excuses
itself is none either: a list must look like one. Nothing is made of half an object: its last words may be cut.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cutline.core.backends import answers

_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
_THINKING = re.compile(r"<(think|thinking|reasoning)>(.*?)(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT_END = re.compile(r"</(?:think|thinking|reasoning)>", re.IGNORECASE)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_LABEL = re.compile(r"^[\s*#_>-]*([A-Za-z][A-Za-z _-]{2,15})[*_]*\s*[:：][*_]*\s*(.*)$")
_BULLET = re.compile(r"^\s*(?:[-*•#]+|\d{1,3}[.)])\s*")
_FIELDS = {
    "title": ("title", "headline"),
    "description": ("description", "caption"),
    "tags": ("tags", "keywords", "tag", "keyword"),
    "alt_text": ("alttext", "alt", "altdescription"),
}
_BY_NAME = {name: field for field, names in _FIELDS.items() for name in names}
_LEAD = re.compile(r"^[^,\n]{0,60}[:：]\s*")
_EXCUSE = re.compile(r"\W*(sorry|unfortunately|i['’ ]|unable|as an? |no\b)", re.IGNORECASE)
_MAX_TEXT = 200_000  # characters that are looked at
_STARTS = 40  # braces that are tried as the start of an object
_LEAST_WORDS = 3  # in a list without any mark that it is one
_LONGEST_WORD = 40  # characters of a tag in such a list
_MOST_IN_WORD = 4  # words in such a tag


def message_of(document: Any) -> tuple[Mapping[str, Any], str]:
    """The first choice's message and why it ended; both empty where there is none."""
    choices = document.get("choices") if isinstance(document, Mapping) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, Mapping):
        return {}, ""
    message, why = choice.get("message"), choice.get("finish_reason")
    return message if isinstance(message, Mapping) else {}, why if isinstance(why, str) else ""


def fields_in(message: Mapping[str, Any]) -> dict[str, Any]:
    """What the message says, by field of a caption; values of any JSON shape. Empty where it says nothing."""
    content, thoughts = _parted(_text(message.get("content")))
    found = _of_objects(content) or _of_labels(content) or _of_list(content)
    if found or content:
        return found
    for text in (thoughts, *(_text(message.get(name)) for name in _THOUGHTS)):
        if found := _of_objects(text):
            return found
    return {}


def _text(value: object) -> str:
    """A text, given as such or in parts ``{"type": "text", "text": ...}``."""
    if isinstance(value, list):
        return "".join(_text(part.get("text")) for part in value if isinstance(part, Mapping))
    return value[:_MAX_TEXT] if isinstance(value, str) else ""


def _parted(text: str) -> tuple[str, str]:
    """What a model says, and what it only thought. Some leave out the tag that begins their thoughts."""
    thoughts = [match[2] for match in _THINKING.finditer(text)]
    said = _THINKING.sub("", text)
    ends = list(_THOUGHT_END.finditer(said))
    if ends:
        thoughts.append(said[: ends[-1].start()])
        said = said[ends[-1].end() :]
    return said.strip(), "\n".join(thoughts)


def _of_objects(text: str) -> dict[str, Any]:
    """The fields of the first JSON value in `text` that has any."""
    for value in _values(text):
        if found := _fields(value, 3):
            return found
    return {}


def _values(text: str) -> Iterator[Any]:
    """The JSON values in `text`: the whole of it, or each complete object in it."""
    if text.strip()[:1] in ("[", '"'):
        yield _parsed(text.strip())
    at = -1
    end = 0
    for _ in range(_STARTS):
        at = text.find("{", max(at + 1, end))
        if at < 0:
            return
        stop = _balanced(text, at)
        if stop:
            value = _parsed(text[at:stop])
            if value is not None:
                end = stop
                yield value


def _balanced(text: str, start: int) -> int:
    """Where the object that starts at `start` ends; 0 where it does not."""
    depth, quoted, escaped = 0, False, False
    for at in range(start, len(text)):
        c = text[at]
        if quoted:
            quoted = escaped or c != '"'
            escaped = c == "\\" and not escaped
        elif c == '"':
            quoted = True
        elif c in "{}":
            depth += 1 if c == "{" else -1
            if not depth:
                return at + 1
    return 0


def _parsed(text: str) -> Any:
    """A JSON value, commas before a closing bracket and bare line breaks in texts forgiven; None where it is none."""
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return answers.sound(json.loads(attempt, strict=False), None)
        except (ValueError, RecursionError):
            continue
    return None


def _fields(value: Any, depth: int) -> dict[str, Any]:
    """The fields of a value: an object's own or those of an object in it, a text's that holds JSON, a list of tags."""
    if isinstance(value, Mapping):
        found = {field: item for name, item in value.items() if (field := _field(name)) and _says(item)}
        inner = (item for item in value.values() if isinstance(item, Mapping | list)) if depth and not found else ()
        return found or next((deeper for item in inner if (deeper := _fields(item, depth - 1))), {})
    if isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            return {"tags": value}
        return next((found for item in value if depth and (found := _fields(item, depth - 1))), {})
    if isinstance(value, str) and depth and "{" in value:
        return next((found for item in _values(value) if (found := _fields(item, 0))), {})
    return {}


def _field(name: object) -> str:
    return _BY_NAME.get(re.sub(r"[\W_]", "", str(name)).lower(), "")


def _says(value: object) -> bool:
    """Whether it is a value a field can have: an object is none; it may be a schema that is being quoted."""
    return value not in (None, "", []) and not isinstance(value, Mapping | bool)


def _of_labels(text: str) -> dict[str, Any]:
    """“Title: ...”, “Tags: a, b” on lines of their own, what follows belongs to the label above it."""
    found: dict[str, list[str]] = {}
    current = ""
    for line in text.splitlines():
        label = _LABEL.match(line)
        field = _field(label[1]) if label else ""
        if label and field:
            current = field
            found.setdefault(field, []).append(label[2].strip(" *_"))
        elif current:
            found[current].append(_BULLET.sub("", line).strip() if current == "tags" else line.strip())
    joined = {field: ("\n" if field == "tags" else " ").join(filter(None, lines)) for field, lines in found.items()}
    return {field: value for field, value in joined.items() if value}


def _of_list(text: str) -> dict[str, Any]:
    """Words between commas, or one on each line."""
    lines = [_LEAD.sub("", line) for line in text.splitlines() if not line.strip().startswith("```")]
    items = [_BULLET.sub("", part).strip(" .\"'") for line in lines for part in re.split(r"[,;，、；]", line)]
    items = [item for item in items if item]
    wordy = [item for item in items if not _is_tag(item)]
    return {"tags": items} if len(items) >= _LEAST_WORDS and not wordy and not _EXCUSE.match(text) else {}


def _is_tag(item: str) -> bool:
    return (
        len(item) <= _LONGEST_WORD and len(item.split()) <= _MOST_IN_WORD and not re.search(r"[.!?:。！？{}<>]", item)
    )
