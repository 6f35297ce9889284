"""What every test stands on: no screen, its own Cutline folders, no keys of the person, no thread left behind."""

import ctypes
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cutline.core import keys
from helpers.command import Cutline

os.environ["QT_QPA_PLATFORM"] = os.environ.get("CUTLINE_TEST_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def cutline_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Config, state and cache in a folder of the test's own; no key from the environment."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CUTLINE_HOME", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")  # never the person's own
    monkeypatch.setattr(keys, "_memory", {})
    for name in list(os.environ):
        if name.startswith("CUTLINE_") and name.endswith("_KEY"):
            monkeypatch.delenv(name)
    return home


@pytest.fixture
def cutline(capsys: pytest.CaptureFixture[str]) -> Cutline:
    """Cutline, called in this process."""
    return Cutline(capsys)


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    """A test that leaves a Python thread running fails."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 3
    for thread in _own(set(threading.enumerate()) - before):
        thread.join(max(0.0, deadline - time.monotonic()))
    left = [thread.name for thread in _own(set(threading.enumerate()) - before) if thread.is_alive()]
    assert not left, f"threads left running: {left}"


def _own(threads: set[threading.Thread]) -> list[threading.Thread]:
    """Those Python started. A thread of Qt's that asked who it is stays listed after its end (until 3.13)."""
    return [thread for thread in threads if not isinstance(thread, threading._DummyThread)]


def _there(name: str) -> bool:
    """Whether a program, or a shared library (by its file name), is installed."""
    if ".so" not in name:
        return shutil.which(name) is not None
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a missing program, with the reason; in CI nothing may be skipped."""
    for item in items:
        for mark in item.iter_markers("needs"):
            missing = [name for name in mark.args if not _there(name)]
            if missing and os.environ.get("CI") == "true":
                item.add_marker(pytest.mark.usefixtures("_missing_in_ci"))
            elif missing:
                item.add_marker(pytest.mark.skip(reason=f"needs {', '.join(missing)}"))


@pytest.fixture
def _missing_in_ci() -> None:
    pytest.fail("a program this test needs is not installed; packaging/test must install it")


@pytest.fixture
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to try permissions in, as a person whom they bind: the administrator becomes nobody for the test."""
    folder = Path(tempfile.mkdtemp(prefix="cutline-mortal-"))
    if os.geteuid() != 0:
        yield folder
    else:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(0)
    shutil.rmtree(folder)
