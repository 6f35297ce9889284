"""`packaging/run` with a stand-in for the virtual environment: when it installs, and what it passes on."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose .venv is finished; its python and cutline write down how they were called."""
    root = tmp_path / "a checkout"
    (root / "packaging").mkdir(parents=True)
    for name in ("run", "setup.sh"):
        shutil.copy(CHECKOUT / "packaging" / name, root / "packaging" / name)
    (root / "pyproject.toml").write_text("[project]\n")
    venv = root / ".venv"
    (venv / "bin").mkdir(parents=True)
    for name in ("python", "cutline"):
        program = venv / "bin" / name
        program.write_text(f'#!/bin/sh\nprintf "%s|" {name} "$@" >> "{tmp_path}/calls"\necho >> "{tmp_path}/calls"\n')
        program.chmod(0o755)
    (venv / ".place").write_text(str(venv))
    (venv / ".installed-run").write_text("[project]\n")
    return root


def calls(checkout: Path, *arguments: str) -> list[str]:
    environment = {**os.environ, "PATH": "/usr/bin:/bin"}
    subprocess.run([checkout / "packaging" / "run", *arguments], check=True, env=environment, timeout=60)
    return (checkout.parent / "calls").read_text().splitlines()


def test_a_finished_setup_is_used_as_it_is(checkout: Path) -> None:
    assert calls(checkout, "tag", "a b.jpg", "", "*") == ["cutline|tag|a b.jpg||*|"]


def test_what_the_tests_installed_serves_too(checkout: Path) -> None:
    (checkout / ".venv" / ".installed-run").rename(checkout / ".venv" / ".installed-test")
    assert calls(checkout) == ["cutline|"]


def test_a_changed_project_file_installs_again_and_only_once(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text("[project]\nname = 'new'\n")
    made = calls(checkout)
    assert any(call.startswith("python|-m|pip|install|") for call in made)
    assert made[-1] == "cutline|"
    assert calls(checkout)[len(made) :] == ["cutline|"]


def test_it_works_from_any_folder(checkout: Path, tmp_path: Path) -> None:
    assert calls(checkout, "show") == ["cutline|show|"]
    subprocess.run([checkout / "packaging" / "run", "x"], check=True, cwd="/", timeout=60)
    assert (tmp_path / "calls").read_text().splitlines()[-1] == "cutline|x|"


def test_scripts_are_sound_bash() -> None:
    for name in ("run", "test", "setup.sh", "../.ci/run"):
        subprocess.run(["bash", "-n", CHECKOUT / "packaging" / name], check=True)


def test_packaging_is_no_package() -> None:
    """A `packaging/__init__.py` would hide the module of that name that others import."""
    assert not (CHECKOUT / "packaging" / "__init__.py").exists()
