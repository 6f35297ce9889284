"""The one place where everything that goes wrong ends."""

from pathlib import Path

import pytest

from cutline.cli.guard import Exit, guarded
from cutline.core import errors


def raising(error: BaseException) -> int:
    raise error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.ConfigError("Wrong."), 2),
        (errors.KeyStoreError("Locked."), 3),
        (errors.AuthError("No key."), 3),
        (errors.DiskError("Full."), 3),
        (errors.ReadOnly("No."), 3),
        (errors.Cancelled("Stopped."), 130),
        (KeyboardInterrupt(), 130),
    ],
)
def test_an_error_is_one_line_and_its_status(
    capsys: pytest.CaptureFixture[str], error: BaseException, status: int
) -> None:
    assert guarded(lambda: raising(error)) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"cutline: {error if str(error) else 'Stopped.'}\n"


def test_a_line_break_in_an_error_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    guarded(lambda: raising(errors.ConfigError("one\ntwo\x1b[31m.")))
    assert capsys.readouterr().err == "cutline: one\\ntwo\\x1b[31m.\n"


def test_a_mistake_of_ours_goes_to_the_log(capsys: pytest.CaptureFixture[str], cutline_home: Path) -> None:
    assert guarded(lambda: raising(ZeroDivisionError("by nothing"))) == Exit.STOPPED
    log = cutline_home / "state" / "cutline.log"
    assert (
        capsys.readouterr().err == f"cutline: Cutline made a mistake (ZeroDivisionError); the details are in {log}.\n"
    )
    assert "by nothing" in log.read_text()
    assert "Traceback" in log.read_text()


def test_a_mistake_without_a_place_for_the_log_is_still_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CUTLINE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    guarded(lambda: raising(ZeroDivisionError()))
    assert capsys.readouterr().err.endswith(f"the details are in {tmp_path / 'cutline.log'}.\n")


def test_all_well_is_the_status_of_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: 1) == 1
    assert capsys.readouterr() == ("", "")
