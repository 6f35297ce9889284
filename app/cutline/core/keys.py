"""API keys: from the environment, from this session's memory, or from the keyring of the operating system.

    get(id)      CUTLINE_<ID>_KEY ─> memory ─> keyring (service `cutline`, user name = backend id) ─> None
    set_key(id)  into the keyring, and read back; where there is none to trust, into memory, and the person is told

Only keyrings that protect what they hold are used: Secret Service, KWallet, macOS, Windows. The `keyring` package also
offers plaintext files and a null store that pretends to keep things; neither is ever written to. No error, log line or
representation made here holds a key. `keyring` is slow to import, so it comes with the first call. Thread-safe.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from cutline.core.errors import ConfigError, KeyStoreError

Where = Literal["environment", "keyring", "memory", "none"]

SERVICE = "cutline"
MAX_LENGTH = 4096
_SHORTEST_SECRET = 6  # characters: starring out anything shorter would maim ordinary words

_TRUSTED = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Manager",
}
_CHAINER = "keyring.backends.chainer"
_NO_BACKENDS = ("keyring.backends.fail", "keyring.backends.null")

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Status:
    """Where the key of a backend comes from; never the key."""

    where: Where
    sentence: str
    """For a person."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A key in memory, and why it is not in the keyring."""

    key: str = field(repr=False)
    why: str


@dataclass(frozen=True, slots=True)
class _Keyring:
    """A keyring to trust (`store`), or why there is none."""

    store: Any = None
    name: str = ""
    why_not: str = ""


_memory: dict[str, _Kept] = {}
_given: set[str] = set()
"""Every key that this program was given or gave out: what no log may hold."""
_talking = threading.Lock()
"""Held while the keyring is asked: its backends do not promise to be thread-safe."""


def variable(backend_id: str) -> str:
    """The environment variable that gives the key of that backend."""
    return f"CUTLINE_{backend_id.upper().replace('-', '_')}_KEY"


def get(backend_id: str) -> str | None:
    """The key of that backend, or None. Raises `KeyStoreError` where the keyring fails or stays locked.

    `ConfigError` where the environment variable cannot be a key.
    """
    given = _from_environment(backend_id)
    if given is not None:
        return _noted(given)
    kept = _memory.get(backend_id)
    if kept:
        return _noted(kept.key)
    found = _read(_trusted(), backend_id)
    if found is None:
        return None
    try:
        return _noted(checked(found))
    except ConfigError as error:
        reason = str(error)
    raise KeyStoreError(f"What the keyring holds for {SERVICE} / {backend_id} is no key: {reason}")


def set_key(backend_id: str, key: str) -> Where:
    """Keep `key` for that backend: in the keyring, else in memory until the program ends (`status` says why).

    Raises `ConfigError` where `key` cannot be one.
    """
    key = _noted(checked(key))
    ring = _trusted()
    why = ring.why_not
    if ring.store is not None:
        try:
            _write(ring, backend_id, key)
        except KeyStoreError as error:
            why = str(error)
        else:
            _memory.pop(backend_id, None)
            return "keyring"
    _memory[backend_id] = _Kept(key, why)
    return "memory"


def delete(backend_id: str) -> None:
    """Forget the key of that backend, in memory and keyring; no key is no error. Raises `KeyStoreError`."""
    _memory.pop(backend_id, None)
    ring = _trusted()
    if ring.store is None or _read(ring, backend_id) is None:
        return
    _asked(ring, lambda: ring.store.delete_password(SERVICE, backend_id))
    if _read(ring, backend_id) is not None:
        raise KeyStoreError(f"The keyring ({ring.name}) still holds the key; delete it with the keyring's own program.")


def status(backend_id: str) -> Status:
    """Where the key of that backend comes from, and what the keyring has to do with it. Raises nothing."""
    try:
        if _from_environment(backend_id) is not None:
            return Status("environment", f"The key comes from the environment variable {variable(backend_id)}.")
        kept = _memory.get(backend_id)
        if kept:
            return Status("memory", f"The key is kept in memory until Cutline is closed. {kept.why}")
        ring = _trusted()
        if _read(ring, backend_id) is not None:
            return Status("keyring", f"The key is in the keyring ({ring.name}).")
    except (KeyStoreError, ConfigError) as error:
        return Status("none", str(error))
    if ring.store is None:
        return Status("none", f"There is no key. {ring.why_not} Or give it as {variable(backend_id)}.")
    return Status("none", f"There is no key; one that is set will be stored in the keyring ({ring.name}).")


def checked(key: str) -> str:
    """`key` without the space around it; `ConfigError`, which does not repeat it, where it cannot be a key."""
    key = key.strip()
    if not key:
        raise ConfigError("The key is empty; copy it from the service's page and try again.")
    if len(key) > MAX_LENGTH:
        raise ConfigError(f"The key is longer than {MAX_LENGTH:,} characters; copy just the key and try again.")
    if len(key.splitlines()) > 1:
        raise ConfigError("The key has more than one line; copy just the key and try again.")
    if not all("!" <= c <= "~" for c in key):
        raise ConfigError("The key holds spaces or characters that no key has; copy just the key and try again.")
    return key


def starred(text: str) -> str:
    """`text` with stars for every key that is in use: for logs, into which whatever went wrong may bring one."""
    for key in sorted(_given, key=len, reverse=True):
        text = text.replace(key, "•••")
    return text


def _noted(key: str) -> str:
    if len(key) >= _SHORTEST_SECRET:
        _given.add(key)
    return key


def _from_environment(backend_id: str) -> str | None:
    given = os.environ.get(variable(backend_id), "").strip()
    if not given:
        return None
    try:
        return checked(given)
    except ConfigError as error:
        reason = str(error)
    raise ConfigError(f"The environment variable {variable(backend_id)} is no key: {reason}")


def _trusted() -> _Keyring:
    """The keyring to use, or why there is none."""
    with _talking:
        try:
            import keyring

            found: Any = keyring.get_keyring()
            members = list(found.backends) if type(found).__module__ == _CHAINER else [found]
        except Exception as error:  # noqa: BLE001 - a wrong PYTHON_KEYRING_BACKEND raises whatever importing it raises
            return _Keyring(why_not=f"The keyring that is configured cannot be used ({type(error).__name__}).")
    for store in members:
        module = type(store).__module__
        if module in _TRUSTED:
            return _Keyring(store, _TRUSTED[module])
    names = {f"{type(store).__module__}.{type(store).__name__}" for store in members}
    untrusted = sorted(name for name in names if not name.startswith(_NO_BACKENDS))
    if untrusted:
        return _Keyring(why_not=f"The keyring that is configured ({', '.join(untrusted)}) does not protect keys.")
    return _Keyring(why_not="This computer offers no keyring; start one, such as GNOME Keyring or KWallet.")


def _read(ring: _Keyring, backend_id: str) -> str | None:
    if ring.store is None:
        return None
    found = _asked(ring, lambda: ring.store.get_password(SERVICE, backend_id))
    return str(found) if found else None


def _write(ring: _Keyring, backend_id: str, key: str) -> None:
    """Into the keyring, and read back."""
    _asked(ring, lambda: ring.store.set_password(SERVICE, backend_id, key))
    if _read(ring, backend_id) != key:
        raise KeyStoreError(f"The keyring ({ring.name}) did not keep the key.")


def _asked(ring: _Keyring, question: Callable[[], _T]) -> _T:
    """What the keyring answers; whatever it raises becomes a `KeyStoreError` that knows nothing of the question."""
    with _talking:
        try:
            return question()
        except Exception as error:  # noqa: BLE001 - D-Bus, Windows and macOS each raise errors of their own
            kind = type(error).__name__
    if kind in ("KeyringLocked", "LockedException", "PromptDismissedException"):
        raise KeyStoreError(f"The keyring ({ring.name}) is locked; unlock it and try again.")
    raise KeyStoreError(f"The keyring ({ring.name}) does not work ({kind}); restart it and try again.")
