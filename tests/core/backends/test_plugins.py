"""Backends of others: from a file, from an installed package, held to the interface, broken ones set aside."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cutline.core import backends, paths
from cutline.core.backends import base, plugins
from cutline.core.errors import BackendError, BadAnswer, ConfigError
from cutline.core.settings import Settings
from helpers.asking import FastControl, SmallUpload
from helpers.command import Cutline
from helpers.little_photos import jpeg

EXAMPLE = Path(__file__).parents[2] / "plugins" / "mean_colour.py"
HEAD = """
CUTLINE_API = 1
from cutline.core.backends.base import Info
from cutline.core.photo import Caption, Suggestion

class Backend:
    id, name = "mine", "Mine"
    info = Info(needs_key=False, local=True, gives=frozenset({"tags"}))
    def fingerprint(self, request): return ""
    def ask(self, upload, request, control): return Suggestion(Caption(tags=("one",)), self.id)
    def close(self): pass

def create(settings, key): return Backend()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The plug-in folder of this test's own home."""
    monkeypatch.setenv("CUTLINE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(plugins, "_broken", {})
    made = paths.config_dir() / plugins.FOLDER
    made.mkdir()
    return made


def made(backend_id: str) -> base.Backend:
    return backends.create(backend_id, Settings(), lambda: None)


def tags(backend_id: str) -> tuple[str, ...]:
    request = base.Request(Path("photo.jpg"))
    return made(backend_id).ask(SmallUpload(), request, FastControl()).caption.tags


def test_the_example_is_short_and_states_the_interfaces_version() -> None:
    text = EXAMPLE.read_text()
    assert len(text.splitlines()) <= 60
    assert f"CUTLINE_API = {base.API}" in text


@pytest.mark.usefixtures("folder")
def test_the_example_in_the_folder_tags_photos(cutline: Cutline, folder: Path, tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, folder)
    (record,) = cutline("tag", "--json", "--backend", "mean_colour", jpeg(tmp_path / "a.jpg")).records
    assert record["status"] == "written"
    assert len(record["tags"]) == 1
    listed = {r["id"]: r for r in cutline("backends", "--json").records}
    assert (listed["mean_colour"]["name"], listed["mean_colour"]["local"]) == ("Mean colour", True)
    again = cutline("tag", "--json", "--backend", "mean_colour", tmp_path / "a.jpg").records[0]
    assert (again["status"], again["cached"]) == ("unchanged", True)


def wheel(folder: Path) -> Path:
    """The example as a package, such as anyone would build it."""
    path = folder / "mean_colour-1.0-py3-none-any.whl"
    info = "mean_colour-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(EXAMPLE, "mean_colour.py")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: mean-colour\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/entry_points.txt", "[cutline.backends]\nmean_colour = mean_colour:create\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_the_example_installed_as_a_package_tags_photos(tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", str(site)]
    subprocess.run([*install, str(wheel(tmp_path))], check=True, capture_output=True)
    photo = jpeg(tmp_path / "a.jpg")
    environment = {"PYTHONPATH": str(site), "CUTLINE_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "cutline", "tag", "--backend", "mean_colour", str(photo)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 written" in done.stdout or "written" in done.stdout


BROKEN = {
    "raises": ("1/0", "ZeroDivisionError: division by zero"),
    "leaves": ("raise SystemExit(3)", "SystemExit: 3"),
    "grammar": ("def create(", "SyntaxError"),
    "empty": ("", "no function create"),
    "silent": (HEAD.replace("CUTLINE_API = 1", ""), "CUTLINE_API = 1"),
    "newer": (HEAD.replace("CUTLINE_API = 1", "CUTLINE_API = 2"), "version 2 of the interface, and this Cutline has 1"),
    "number": ("CUTLINE_API = 1\ncreate = 7", "no function but int"),
    "partial": (HEAD.replace("def ask", "def answer"), "it has no ask"),
    "odd": (HEAD.replace('"Mine"', "7"), "its name is no text"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_says_what_is_wrong_in_one_sentence_and_hides_nobody(
    cutline: Cutline, folder: Path, name: str
) -> None:
    text, why = BROKEN[name]
    (folder / f"{name}.py").write_text(text)
    (folder / "sound.py").write_text(HEAD)
    result = cutline("backends", "--json")
    assert {"offline", "sound"} <= {record["id"] for record in result.records}
    (line,) = result.err.splitlines()
    assert f"“{name}” cannot be used (" in line
    assert why in line
    assert line.endswith("mend or remove the plug-in.")
    assert tags("sound") == ("one",)


def test_one_that_could_not_be_made_is_not_tried_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "once.py").write_text("import sys\nsys.cutline_seen += 1\n1/0")
    monkeypatch.setattr(sys, "cutline_seen", 0, raising=False)
    messages = set()
    for _ in range(3):
        with pytest.raises(ConfigError) as caught:
            made("once")
        messages.add(str(caught.value))
    assert len(messages) == 1
    assert sys.cutline_seen == 1  # type: ignore[attr-defined]


def test_the_name_of_a_built_in_backend_cannot_be_taken(folder: Path) -> None:
    (folder / "offline.py").write_text(HEAD)
    assert made("offline").name == "Offline analyser"
    assert backends.ids().count("offline") == 1


@pytest.mark.parametrize("name", ["_private.py", "Upper.py", "two words.py", "1st.py", "a-b.py", "notes.txt"])
def test_other_files_are_no_plug_ins(folder: Path, name: str) -> None:
    (folder / name).write_text("1/0")
    assert backends.ids() == ["imagedescriber", "imgtags", "offline", "openai"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("1/0", "failed at this picture (ZeroDivisionError: division by zero)"),
        ("None", "gave no suggestion but NoneType"),
        ("Caption()", "gave no suggestion but Caption"),
        ("Suggestion(Caption(tags=('a', 7)), 'mine')", "gave no suggestion"),
        ("Suggestion(Caption(tags=['a']), 'mine')", "gave no suggestion"),
        ("Suggestion(Caption(title=None), 'mine')", "gave no suggestion"),
        ("Suggestion(None, 'mine')", "gave no suggestion"),
    ],
)
def test_what_a_plug_in_raises_or_gives_is_one_photos_failure(
    cutline: Cutline, folder: Path, tmp_path: Path, answer: str, why: str
) -> None:
    (folder / "mine.py").write_text(
        HEAD.replace('return Suggestion(Caption(tags=("one",)), self.id)', f"return {answer}")
    )
    with pytest.raises(BackendError) as caught:
        tags("mine")
    assert why in str(caught.value)
    result = cutline("tag", "--json", "--backend", "mine", jpeg(tmp_path / "a.jpg"))
    assert result.status == 1
    assert result.records[0]["error"]["code"] == "bad_answer"
    assert "Traceback" not in result.err


def test_its_id_is_its_files_name_whatever_it_calls_itself(folder: Path) -> None:
    (folder / "renamed.py").write_text(HEAD)
    assert (made("renamed").id, made("renamed").name) == ("renamed", "Mine")


def test_a_key_of_its_own_is_kept_and_given(
    cutline: Cutline, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "paid.py").write_text(
        HEAD.replace("return Backend()", "made = Backend(); made.fingerprint = lambda r: str(len(key())); return made")
    )
    monkeypatch.setenv("CUTLINE_PAID_KEY", "sk-0123456789")
    assert cutline("tag", "--backend", "paid", jpeg(tmp_path / "a.jpg")).status == 0


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("sys.exit(3)", "SystemExit: 3"),
        ("Suggestion(Caption('a'), self.id, details={'seen': {1, 2}})", "TypeError"),
        ("Suggestion(Caption('a'), self.id, details={'seen': float('nan')})", "out of range"),
        ("Suggestion(Caption('a'), self.id, details=['seen'])", "no suggestion"),
        ("Suggestion(Caption('a'), self.id, model=b'x')", "no suggestion"),
        ("Suggestion(Caption('a'), self.id, credits=3)", "no suggestion"),
        ("Suggestion(Caption('a'), self.id, credits=Credits('many'))", "no suggestion"),
    ],
)
def test_what_cannot_be_kept_is_the_photos_fault_and_not_the_runs(folder: Path, answer: str, told: str) -> None:
    text = HEAD.replace('Suggestion(Caption(tags=("one",)), self.id)', answer)
    text = text.replace("import Caption,", "import Caption, Credits,").replace("API = 1", "API = 1\nimport sys")
    (folder / "mine.py").write_text(text)
    with pytest.raises(BadAnswer, match=told):
        tags("mine")
