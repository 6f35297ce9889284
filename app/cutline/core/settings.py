"""One typed tree of settings; its home is `config.toml` (see `settings_file`).

Each setting is declared once, below, with type, default, unit and range. The file, `--set section.key=value` and the
settings dialog all go through `changed()`, so that a wrong value is refused in the same words everywhere. The tree is
frozen: a change makes a new one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from cutline.core.errors import ConfigError
from cutline.core.photo import DEFAULT_FIELDS, FieldName, Policy, WriteMode

Value = str | int | float | bool | tuple[str, ...]


def _setting(default: Any, about: str, *, unit: str = "", low: float | None = None, high: float | None = None) -> Any:
    return field(default=default, metadata={"about": about, "unit": unit, "low": low, "high": high})


@dataclass(frozen=True)
class BackendSettings:
    """How one backend is reached."""

    base_url: str = _setting("", "Address of the service")
    requests_per_minute: float = _setting(0.0, "Most requests in a minute; 0: no limit", low=0, high=6000)
    requests_per_hour: float = _setting(0.0, "Most requests in an hour; 0: 60 times a minute's", low=0, high=360_000)
    timeout: float = _setting(60.0, "Longest wait for an answer", unit="seconds", low=1, high=3600)
    parallel: int = _setting(2, "Photos worked on at once", low=1, high=32)


@dataclass(frozen=True)
class OfflineSettings:
    """The embedded analyser needs no address."""

    parallel: int = _setting(2, "Photos worked on at once", low=1, high=32)


@dataclass(frozen=True)
class ImagedescriberSettings(BackendSettings):
    """api.imagedescriber.app."""

    base_url: str = _setting("https://api.imagedescriber.app/api/v1", "Address of the service")
    requests_per_minute: float = _setting(30.0, "Most requests in a minute; 0: no limit", low=0, high=6000)
    parallel: int = _setting(0, "Requests in flight at once; 0: as many as the rate needs", low=0, high=32)
    price_per_credit: float = _setting(0.0, "Price of one credit; 0: not known", low=0, high=100_000)


@dataclass(frozen=True)
class ImgtagsSettings(BackendSettings):
    """www.imgtags.com."""

    base_url: str = _setting("https://www.imgtags.com/api/v1", "Address of the service")
    requests_per_minute: float = _setting(60.0, "Most requests in a minute; 0: no limit", low=0, high=6000)
    parallel: int = _setting(0, "Requests in flight at once; 0: as many as the rate needs", low=0, high=32)
    auth: Literal["bearer", "x-api-key"] = _setting("bearer", "Header that carries the key")
    price_per_million_tokens: float = _setting(0.0, "Price of a million tokens; 0: not known", low=0, high=100_000)


@dataclass(frozen=True)
class OpenaiSettings(BackendSettings):
    """Any server that speaks the OpenAI protocol; Ollama on this machine."""

    base_url: str = _setting("http://127.0.0.1:11434/v1", "Address of the server")
    timeout: float = _setting(300.0, "Longest wait for an answer", unit="seconds", low=1, high=3600)
    parallel: int = _setting(1, "Requests in flight at once", low=1, high=32)
    model: str = _setting("", "Model that is asked; empty: the only one the server has")
    prompt: str = _setting("stock", "Prompt: stock, archive, web, family, a name in your prompts folder, or a path")
    context: str = _setting("", "What all photos of a run have in common, told to the model")
    price_per_million_tokens: float = _setting(0.0, "Price of a million tokens; 0: not known", low=0, high=100_000)


@dataclass(frozen=True)
class Backends:
    """One section per backend."""

    offline: OfflineSettings = field(default_factory=OfflineSettings)
    imagedescriber: ImagedescriberSettings = field(default_factory=ImagedescriberSettings)
    imgtags: ImgtagsSettings = field(default_factory=ImgtagsSettings)
    openai: OpenaiSettings = field(default_factory=OpenaiSettings)


@dataclass(frozen=True)
class Upload:
    """How pictures are made ready for a service."""

    max_side: int = _setting(2048, "Longest side of an uploaded picture", unit="pixels", low=128, high=8192)
    quality: int = _setting(88, "JPEG quality an upload starts with", low=30, high=95)


@dataclass(frozen=True)
class Window:
    """The look of the window."""

    theme: Literal["auto", "light", "dark"] = _setting("auto", "Colours of the window")
    thumbnail_size: int = _setting(176, "Size of a thumbnail", unit="pixels", low=96, high=320)
    ask_above: int = _setting(
        0, "Say what a run costs before it begins, if it is of more than", unit="photos", low=0, high=100_000
    )
    downloads: str = _setting("", "Folder that pictures dropped from the web are saved in; empty: asked for")


@dataclass(frozen=True)
class Settings:
    """The root of the tree."""

    backend: str = _setting("offline", "Backend that is asked")
    lang: str = _setting("en", "Language of titles, tags and descriptions (a code such as en, de, ja)")
    policy: Policy = _setting("merge", "How suggestions meet what is in the file")
    fields: tuple[FieldName, ...] = _setting(DEFAULT_FIELDS, "Fields that may be changed")
    write: WriteMode = _setting("auto", "Where captions are written")
    max_tags: int = _setting(50, "Most tags for a photo", low=1, high=500)
    keep_mtime: bool = _setting(True, "Keep a photo's modification time when writing into it")
    near_duplicates: bool = _setting(False, "Let near-duplicates (frames of a burst) share one answer")
    sidecar_json: bool = _setting(False, "Keep each answer as photo.json beside its photo, too")
    from_json: bool = _setting(False, "Take a photo.json beside a photo as its answer")
    allow_private_urls: bool = _setting(False, "Fetch pictures from addresses inside your own network, too")
    max_cost: str = _setting("", "Most a run may cost: credits, as 200, or money, as 20 USD; empty: no limit")
    currency: str = _setting("USD", "Currency of prices and of max_cost")
    history_days: int = _setting(90, "How long runs can be undone", unit="days", low=1, high=36500)
    history_megabytes: int = _setting(500, "Most room that the way back may take", unit="MB", low=1, high=100000)
    answers_days: int = _setting(0, "How long answers are kept; 0: for ever", unit="days", low=0, high=36500)
    upload: Upload = field(default_factory=Upload)
    window: Window = field(default_factory=Window)
    backends: Backends = field(default_factory=Backends)


@dataclass(frozen=True, slots=True)
class Option:
    """One setting, for tables and dialogs."""

    key: str
    """Dotted, as in ``--set backends.imgtags.timeout=30``."""
    value: Value
    default: Value
    about: str
    unit: str
    low: float | None
    high: float | None
    choices: tuple[str, ...]


def options(settings: Settings) -> Iterator[Option]:
    """Every setting of the tree, in the order of declaration."""
    yield from _walk(settings, "")


def _walk(node: Any, prefix: str) -> Iterator[Option]:
    hints = get_type_hints(type(node))
    for item in fields(node):
        value = getattr(node, item.name)
        if is_dataclass(value):
            yield from _walk(value, f"{prefix}{item.name}.")
        else:
            about, unit, low, high = (item.metadata[name] for name in ("about", "unit", "low", "high"))
            default: Any = item.default
            yield Option(f"{prefix}{item.name}", value, default, about, unit, low, high, _choices(hints[item.name]))


def _choices(hint: Any) -> tuple[str, ...]:
    if get_origin(hint) is tuple:
        return _choices(get_args(hint)[0])
    return get_args(hint) if get_origin(hint) is Literal else ()


def changed(settings: Settings, key: str, value: object, where: str = "") -> Settings:
    """`settings` with the setting `key` (dotted) set to `value`, a TOML value or text for it.

    Raises `ConfigError` naming `where` it stands, the key, the value and what is allowed.
    """
    result: Settings = _changed(settings, key.split("."), value, key, where)
    return result


def _changed(node: Any, parts: list[str], value: object, key: str, where: str) -> Any:
    names = {item.name: item for item in fields(node)}
    if parts[0] not in names:
        raise ConfigError(f"{_at(where)}There is no setting “{key}”; here are {', '.join(names)}.")
    current = getattr(node, parts[0])
    if is_dataclass(current) != (len(parts) > 1):
        raise ConfigError(f"{_at(where)}“{key}” is a section; name a setting in it." if is_dataclass(current)
                          else f"{_at(where)}There is no setting “{key}”.")  # fmt: skip
    if is_dataclass(current):
        new = _changed(current, parts[1:], value, key, where)
    else:
        hint = get_type_hints(type(node))[parts[0]]
        try:
            new = _converted(value, hint, names[parts[0]].metadata)
        except ValueError as error:
            raise ConfigError(f"{_at(where)}{key} = {value!r}: must be {error}.") from None
    return replace(node, **{parts[0]: new})


def _at(where: str) -> str:
    return f"{where}: " if where else ""


def _converted(value: object, hint: Any, limits: Mapping[str, Any]) -> Value:
    """`value` as the type `hint`; `ValueError` says what is allowed."""
    if get_origin(hint) is tuple:
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list | tuple):
            raise ValueError("a list of " + ", ".join(_choices(hint)))
        element = get_args(hint)[0]
        return tuple(dict.fromkeys(str(_converted(p.strip() if isinstance(p, str) else p, element, {})) for p in parts))
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise ValueError("one of " + ", ".join(get_args(hint)))
        return str(value)
    if hint is bool:
        return _boolean(value)
    if hint in (int, float):
        return _number(value, hint, limits)
    if not isinstance(value, str) or not value.isprintable():
        raise ValueError("text on one line")
    return value


def _boolean(value: object) -> bool:
    known = {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    raise ValueError("true or false")


def _number(value: object, kind: type[int] | type[float], limits: Mapping[str, Any]) -> int | float:
    low, high, unit = limits["low"], limits["high"], limits["unit"]
    noun = "a whole number" if kind is int else "a number"
    allowed = f"{noun} from {low:g} to {high:g}{f' {unit}' if unit else ''}"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(allowed)
    try:
        number = kind(value)
        fits = number == float(value) and low <= number <= high
    except (ValueError, OverflowError):
        fits = False
    if not fits:
        raise ValueError(allowed)
    return number
