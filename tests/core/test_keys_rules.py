"""Where keys come from and go to, what a key may be, and which keyrings are trusted."""

import logging
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring
import keyring.core
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordDeleteError

from cutline.core import keys
from cutline.core.errors import ConfigError, KeyStoreError

SECRET = "sk-Ab9_zQ7wLmNoP-very-secret"


class Ring(KeyringBackend):
    """A keyring in memory, for the tests to spoil; `trusted` makes it pass for the Secret Service."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}
        self.fails: dict[str, Exception] = {}

    def _maybe_fail(self, what: str) -> None:
        if what in self.fails:
            raise self.fails[what]

    def get_password(self, service: str, username: str) -> str | None:
        self._maybe_fail("get")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._maybe_fail("set")
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._maybe_fail("delete")
        del self.held[service, username]


class Plaintext(Ring):
    """What keyrings.alt's PlaintextKeyring does: it writes the key into a file for all to read."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file

    def set_password(self, service: str, username: str, password: str) -> None:
        self.file.write_text(f"[{service}]\n{username} = {password}\n")


def trusted(kind: type[Ring] = Ring) -> Ring:
    """A ring whose class says that it is keyring's own Secret Service backend."""
    made = type("Keyring", (kind,), {"__module__": "keyring.backends.SecretService"})()
    assert isinstance(made, Ring)
    return made


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[KeyringBackend], None]:
    return lambda ring: monkeypatch.setattr(keyring.core, "_keyring_backend", ring)


@pytest.fixture
def ring(use: Callable[[KeyringBackend], None]) -> Ring:
    made = trusted()
    use(made)
    return made


def test_a_key_goes_into_a_trusted_keyring_under_cutlines_name(ring: Ring) -> None:
    assert keys.get("imgtags") is None
    assert keys.set_key("imgtags", f"  {SECRET}\n") == "keyring"
    assert ring.held == {("cutline", "imgtags"): SECRET}
    assert keys.get("imgtags") == SECRET
    assert keys.get("openai") is None
    assert keys.status("imgtags") == keys.Status("keyring", "The key is in the keyring (Secret Service).")


def test_the_environment_comes_first_then_memory_then_the_keyring(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    ring.held["cutline", "my-backend"] = "from-keyring"
    assert keys.get("my-backend") == "from-keyring"
    ring.fails["set"] = KeyringLocked()
    assert keys.set_key("my-backend", "from-session") == "memory"
    assert keys.get("my-backend") == "from-session"
    monkeypatch.setenv("CUTLINE_MY_BACKEND_KEY", " from-environment ")
    assert keys.get("my-backend") == "from-environment"
    assert keys.status("my-backend").where == "environment"
    assert "CUTLINE_MY_BACKEND_KEY" in keys.status("my-backend").sentence
    monkeypatch.setenv("CUTLINE_MY_BACKEND_KEY", "  ")
    assert keys.status("my-backend").where == "memory"


def test_a_key_that_reached_the_keyring_replaces_the_one_in_memory(ring: Ring) -> None:
    ring.fails["set"] = InitError()
    keys.set_key("imgtags", "older")
    ring.fails.clear()
    assert keys.set_key("imgtags", "newer") == "keyring"
    assert keys.get("imgtags") == "newer"


@pytest.mark.parametrize("make", [fail.Keyring, null.Keyring], ids=["none", "null"])
def test_where_there_is_no_keyring_the_key_stays_in_memory_and_the_person_is_told(
    make: Callable[[], KeyringBackend], use: Callable[[KeyringBackend], None]
) -> None:
    use(make())
    assert "no keyring" in keys.status("imgtags").sentence
    assert "CUTLINE_IMGTAGS_KEY" in keys.status("imgtags").sentence
    assert keys.set_key("imgtags", SECRET) == "memory"
    assert keys.get("imgtags") == SECRET
    told = keys.status("imgtags")
    assert told.where == "memory"
    assert "until Cutline is closed" in told.sentence
    assert "no keyring" in told.sentence
    keys.delete("imgtags")
    assert keys.get("imgtags") is None


def test_a_plaintext_keyring_is_never_written_to(tmp_path: Path, use: Callable[[KeyringBackend], None]) -> None:
    plain = Plaintext(tmp_path / "keyring_pass.cfg")
    use(plain)
    assert keys.set_key("imgtags", SECRET) == "memory"
    assert not plain.file.exists()
    assert "does not protect keys" in keys.status("imgtags").sentence
    assert "Plaintext" in keys.status("imgtags").sentence


def test_the_real_keyring_in_a_chain_is_found_and_the_plaintext_one_passed_by(
    tmp_path: Path, use: Callable[[KeyringBackend], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, real = Plaintext(tmp_path / "keyring_pass.cfg"), trusted()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [plain, real])
    use(chainer.ChainerBackend())  # type: ignore[no-untyped-call]
    assert keys.set_key("imgtags", SECRET) == "keyring"
    assert real.held
    assert not plain.file.exists()


def test_a_keyring_that_forgets_is_found_out(use: Callable[[KeyringBackend], None]) -> None:
    class Forgetful(Ring):
        def set_password(self, service: str, username: str, password: str) -> None: ...

    use(trusted(Forgetful))
    assert keys.set_key("imgtags", SECRET) == "memory"
    assert keys.get("imgtags") == SECRET
    assert "did not keep" in keys.status("imgtags").sentence


@pytest.mark.parametrize("error", [KeyringLocked(SECRET), InitError(SECRET), NoKeyringError(SECRET), OSError(SECRET)])
def test_a_keyring_that_fails_is_one_clear_error_without_the_key(ring: Ring, error: Exception) -> None:
    ring.fails["get"] = error
    with pytest.raises(KeyStoreError) as caught:
        keys.get("imgtags")
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert ("locked" in str(caught.value)) == isinstance(error, KeyringLocked)
    assert keys.status("imgtags") == keys.Status("none", str(caught.value))
    assert keys.set_key("imgtags", SECRET) == "memory"
    assert keys.get("imgtags") == SECRET


def test_deleting(ring: Ring) -> None:
    keys.delete("imgtags")
    keys.set_key("imgtags", SECRET)
    ring.fails["delete"] = PasswordDeleteError("not now")
    with pytest.raises(KeyStoreError):
        keys.delete("imgtags")
    ring.fails.clear()
    keys.delete("imgtags")
    assert ring.held == {}
    assert keys.status("imgtags").where == "none"


def test_deleting_that_deletes_nothing_is_found_out(use: Callable[[KeyringBackend], None]) -> None:
    class Sticky(Ring):
        def delete_password(self, service: str, username: str) -> None: ...

    use(trusted(Sticky))
    keys.set_key("imgtags", SECRET)
    with pytest.raises(KeyStoreError, match="still holds"):
        keys.delete("imgtags")


WRONG = ["", " \n", "two\nlines", "a\rb", "sp ace", "tab\tbed", "nul\0", "schlüssel", "emoji🗝", "x" * 4097, "\x7f"]


@pytest.mark.parametrize("key", WRONG, ids=ascii)
def test_what_cannot_be_a_key_is_refused_without_being_repeated(
    ring: Ring, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError) as caught:
        keys.set_key("imgtags", key)
    assert not key.strip() or key not in str(caught.value)
    assert not ring.held
    if key.strip() and "\0" not in key:
        monkeypatch.setenv("CUTLINE_IMGTAGS_KEY", key)
        with pytest.raises(ConfigError, match="CUTLINE_IMGTAGS_KEY") as caught:
            keys.get("imgtags")
        assert key not in "".join(traceback.format_exception(caught.value))
        assert keys.status("imgtags").where == "none"


def test_what_another_program_put_into_the_keyring_is_checked_too(ring: Ring) -> None:
    ring.held["cutline", "imgtags"] = f"{SECRET}\r\nX-Evil: 1"
    with pytest.raises(KeyStoreError) as caught:
        keys.get("imgtags")
    assert SECRET not in str(caught.value)


@given(st.text())
def test_whatever_is_taken_for_a_key_is_fit_for_a_header(text: str) -> None:
    try:
        key = keys.checked(text)
    except ConfigError:
        return
    assert key.isascii()
    assert key.isprintable()
    assert " " not in key
    assert 0 < len(key) <= 4096


def test_no_key_shows_in_what_the_module_prints_logs_or_represents(
    ring: Ring, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    ring.fails["set"] = OSError(SECRET)
    keys.set_key("imgtags", SECRET)
    seen: list[Any] = [vars(keys)["_memory"], keys.status("imgtags"), caplog.text, *capfd.readouterr()]
    assert not [text for text in map(repr, seen) if SECRET in text]


@pytest.mark.parametrize("name", ["no.such.module.Keyring", "keyring.backends.fail.Missing", "nonsense", "os.path"])
def test_a_bogus_PYTHON_KEYRING_BACKEND_is_survived(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    assert keys.get("imgtags") is None
    assert keys.set_key("imgtags", SECRET) == "memory"
    assert "cannot be used" in keys.status("imgtags").sentence
    keys.delete("imgtags")


def test_many_threads_at_once(ring: Ring) -> None:
    wrong: list[str] = []

    def work(number: int) -> None:
        for turn in range(40):
            keys.set_key(f"b{number}", f"key-{number}-{turn}")
            if keys.get(f"b{number}") != f"key-{number}-{turn}" or keys.status(f"b{number}").where != "keyring":
                wrong.append(f"{number}/{turn}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(ring.held) == 6


def test_keyring_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, cutline.core.keys as k; a = 'keyring' in sys.modules; k.get('x'); b = 'keyring' in sys.modules"
    code += "; print(a, b)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == "False True\n"


def test_keys_in_use_are_starred_out_of_any_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUTLINE_ONE_KEY", "sk-one-0123")
    monkeypatch.setenv("CUTLINE_LONGER_KEY", "sk-one-0123-and-more")
    monkeypatch.setenv("CUTLINE_SHORT_KEY", "a")
    text = "a sk-one-0123 b sk-one-0123-and-more c"
    for backend_id in ("one", "longer", "short"):
        keys.get(backend_id)
    assert keys.starred(text) == "a ••• b ••• c"
