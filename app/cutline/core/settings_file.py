"""The settings in `config.toml`: read, and brought in step, so that a person's comments and order stay."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cutline.core.errors import ConfigError
from cutline.core.settings import Settings, changed, options


def load(path: Path) -> Settings:
    """The settings in the file at `path`, defaults where it is silent or missing; `ConfigError` where it is wrong."""
    settings = Settings()
    for key, value in _leaves(_document(path), ""):
        settings = changed(settings, key, value, str(path))
    return settings


def _leaves(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def save(path: Path, settings: Settings) -> None:
    """Bring the file at `path` in step with `settings`: comments stay, defaults are not written unless they were."""
    import tomlkit

    from cutline.core.atomic import write_text

    document = _document(path)
    for option in options(settings):
        *sections, name = option.key.split(".")
        table: Any = document
        for section in sections:
            if section not in table and option.value == option.default:
                break
            table = table.setdefault(section, tomlkit.table())
        else:
            if name in table or option.value != option.default:
                value = list(option.value) if isinstance(option.value, tuple) else option.value
                if name not in table or table[name] != value:
                    table[name] = value
    write_text(path, tomlkit.dumps(document))


def _document(path: Path) -> Any:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return tomlkit.document()
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text; save it as UTF-8, or delete it to start afresh.") from None
    except TOMLKitError as error:
        raise ConfigError(f"{path}: is not valid TOML ({error}); mend it, or delete it to start afresh.") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from None
