"""Keys in a real Secret Service: GNOME Keyring, on a D-Bus of its own, with a home of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.needs("dbus-run-session", "gnome-keyring-daemon")

SECRET = "sk-9fQz-Hn27-never-in-a-file"

_SESSION = """
printf %s "a password" | gnome-keyring-daemon --unlock --components=secrets >"$HOME/daemon.log" 2>&1
exec "$0" -c "$1"
"""

_STORED = """
from cutline.core import keys
import os
key = os.environ.pop("TEST_SECRET")
assert keys.status("imgtags").where == "none", keys.status("imgtags")
assert keys.set_key("imgtags", key) == "keyring", keys.status("imgtags")
assert not keys._memory
assert keys.get("imgtags") == key
print(keys.status("imgtags").sentence)
"""

_DELETED = """
keys.delete("imgtags")
assert keys.get("imgtags") is None
keys.delete("imgtags")
print(keys.status("imgtags").where)
"""

_LOCKED = """
from contextlib import closing
import secretstorage
with closing(secretstorage.dbus_init()) as connection:
    secretstorage.get_default_collection(connection).lock()
try:
    print("readable", keys.get("imgtags") == key)
except keys.KeyStoreError as error:
    print(error)
print(keys.set_key("imgtags", key), keys.get("imgtags") == key)
print(keys.status("imgtags").sentence)
"""


def session(home: Path, code: str) -> str:
    """What `code` prints in a session that has a Secret Service, unlocked, with everything it keeps below `home`."""
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    runtime = home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    mine = {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "CUTLINE_HOME": str(home / "cutline"), **folders}
    unwanted = (
        "PYTHON_KEYRING_BACKEND",
        "DBUS_SESSION_BUS_ADDRESS",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "GNOME_KEYRING_CONTROL",
    )
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    run = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", _SESSION, sys.executable, code],
        env=environment | mine | {"TEST_SECRET": SECRET},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert SECRET not in run.stdout + run.stderr
    return run.stdout


def test_a_key_is_kept_across_sessions_and_nowhere_in_clear_text(tmp_path: Path) -> None:
    assert session(tmp_path, _STORED) == "The key is in the keyring (Secret Service).\n"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert tmp_path / "data" / "keyrings" / "login.keyring" in files
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
    again = "from cutline.core import keys\nimport os\nprint(keys.get('imgtags') == os.environ['TEST_SECRET'])"
    assert session(tmp_path, again) == "True\n"


def test_deleting_from_the_real_keyring(tmp_path: Path) -> None:
    assert session(tmp_path, _STORED + _DELETED).splitlines()[-1] == "none"


def test_a_locked_keyring_leaves_the_key_in_memory_and_says_so(tmp_path: Path) -> None:
    _, refused, kept, told = session(tmp_path, _STORED + _LOCKED).splitlines()
    assert refused == "The keyring (Secret Service) is locked; unlock it and try again."
    assert kept == "memory True"
    assert told == f"The key is kept in memory until Cutline is closed. {refused}"


def test_without_a_secret_service_there_is_no_keyring(tmp_path: Path) -> None:
    code = "from cutline.core import keys\nprint(keys.set_key('imgtags', 'abc'), keys.status('imgtags').sentence)"
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "CUTLINE_HOME": str(tmp_path)}
    environment["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout.startswith("memory The key is kept in memory")
    assert run.stderr == ""
