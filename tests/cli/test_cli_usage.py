"""Wrong usage: exit status 2, one clear sentence on standard error, nothing on standard output."""

import subprocess
import sys
from pathlib import Path

import pytest

from cutline import __version__
from cutline.cli.arguments import refuse_unknown_word
from helpers.command import Cutline
from helpers.little_photos import jpeg


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tag", "PATH"),
        ("show", "PATH"),
        ("tag --lang", "--lang"),
        ("tag --nonsense .", "--nonsense"),
        ("--nonsense", "--nonsense"),
        ("tag --lang xx .", "xx"),
        ("tag --backend nobody .", "nobody"),
        ("tag --policy sometimes .", "merge, fill, replace"),
        ("tag --fields title,camera .", "alt_text"),
        ("tag --write nowhere .", "auto, embed, sidecar"),
        ("tag --max-tags 0 .", "1 to 500"),
        ("tag --max-tags many .", "1 to 500"),
        ("--set nonsense=1 tag .", "nonsense"),
        ("tag --set nonsense=1 .", "nonsense"),
        ("show . --set lang", "section.key=value"),
        ("--set backends.imgtags.timeout=never show .", "1 to 3600 seconds"),
        ("--set backends=1 show .", "section"),
        ("write .", "--title"),
        ("write", "PATH"),
        ("export .", "--format"),
        ("export . --format csv", "--output"),
        ("export . --format doc --output x", "csv, json, xmp"),
        ("keys", "cutline keys --help"),
        ("keys steal imgtags", "steal"),
        ("keys set", "BACKEND"),
        ("keys set nobody", "nobody"),
        ("keys delete nobody", "nobody"),
        ("keys status nobody", "nobody"),
        ("keys set offline", "needs no key"),
    ],
)
def test_wrong_usage_is_one_sentence_and_2(cutline: Cutline, line: str, said: str) -> None:
    result = cutline(*line.split())
    assert result.status == 2
    assert result.out == ""
    assert said in result.sentence
    assert result.sentence.startswith("cutline: ")
    assert result.sentence.endswith(".")


@pytest.mark.parametrize("command", ["tag", "show", "write --title x", "export --format csv --output x.csv"])
def test_an_empty_path_is_not_the_current_folder(cutline: Cutline, command: str) -> None:
    result = cutline(*command.split(), "")
    assert (result.status, result.out) == (2, "")
    assert "empty" in result.sentence


def test_a_wrong_config_file_is_named(cutline: Cutline, cutline_home: Path) -> None:
    (cutline_home / "config").mkdir()
    (cutline_home / "config" / "config.toml").write_text('policy = "perhaps"\n')
    result = cutline("show", ".")
    assert result.status == 2
    assert "config.toml" in result.sentence
    assert "'perhaps'" in result.sentence


def test_a_home_that_cannot_be_made_is_said(cutline: Cutline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CUTLINE_HOME", str(tmp_path / "file" / "home"))
    result = cutline("show", ".")
    assert result.status == 2
    assert "CUTLINE_HOME" in result.sentence


@pytest.mark.parametrize("line", ["--set lang=xx tag PHOTO", "tag --set lang=xx PHOTO", "tag PHOTO --set lang=xx"])
def test_set_works_before_and_after_the_command(cutline: Cutline, tmp_path: Path, line: str) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    result = cutline(*(str(photo) if word == "PHOTO" else word for word in line.split()))
    assert result.status == 2
    assert "xx" in result.sentence


def test_the_later_set_and_the_option_win(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    assert cutline("--set", "lang=xx", "tag", "--set", "lang=en", photo).status == 0
    assert cutline("tag", "--set", "lang=xx", "--lang", "en", photo).status == 0


def test_version_and_help(cutline: Cutline) -> None:
    assert cutline("--version").out == f"cutline {__version__}\n"
    help_ = cutline("--help")
    assert help_.status == 0
    for word in ("tag", "show", "write", "export", "history", "undo", "keys", "backends", "demo", "--set"):
        assert word in help_.out
    for word in ("html", "adobe-stock"):
        assert word not in help_.out + cutline("export", "--help").out


def test_the_command_line_starts_without_what_is_heavy() -> None:
    code = (
        "import sys; from cutline.__main__ import run; run(['--version']);"
        "heavy = {'PySide6', 'httpx', 'keyring', 'PIL', 'cutline.gui'} & set(sys.modules);"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [("write", "a.jpg", "--title"), ("tag", "--lang"), ("keys", "set", "imgtags", "x")])
def test_wrong_usage_names_the_command_to_look_up(cutline: Cutline, words: tuple[str, ...]) -> None:
    assert f"see “cutline {words[0]}" in cutline(*words).sentence


def test_help_is_plain_and_no_sentence_of_the_list_is_cut(cutline: Cutline) -> None:
    for words in ((), ("keys",)):
        text = cutline(*words, "--help").out
        assert "..." not in text.split("Commands:")[1].replace("PATH...", "")
        assert not set(text) & set("╭│─╰")


def test_a_backend_with_one_language_names_it(cutline: Cutline, tmp_path: Path) -> None:
    result = cutline("tag", tmp_path, "--backend", "imgtags", "--lang", "de")
    assert result.sentence == "cutline: imgtags does not answer in “de”; choose en."


@pytest.mark.parametrize("words", [("tagg", "."), ("help",), ("Tag",), ("--set", "lang=de", "shwo")])
def test_a_command_that_is_misspelt_opens_no_window(
    cutline: Cutline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    result = cutline(*words)
    assert (result.status, result.out) == (2, "")
    assert "is neither a command nor a file or folder here" in result.sentence


def test_a_folder_may_be_called_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "help").mkdir()
    for path in ("help", "gone.jpg", "gone/deeper", str(tmp_path / "gone")):
        refuse_unknown_word([Path(path)])
    refuse_unknown_word([])
