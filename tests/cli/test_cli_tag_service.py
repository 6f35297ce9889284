"""`cutline tag` with a service: credits, exit status and error code of everything that can go wrong there."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.command import Cutline, Result
from helpers.imagedescriber_service import ImagedescriberService
from helpers.little_photos import jpeg
from helpers.service import Fault, answering, html, redirect, silent, status, truncated

KEY = "sk-0123456789"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[ImagedescriberService]:
    monkeypatch.setenv("CUTLINE_IMAGEDESCRIBER_KEY", KEY)
    with ImagedescriberService(KEY) as service:
        yield service


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    return [jpeg(tmp_path / f"{number}.jpg", 60 + number, 40) for number in range(3)]


def asked(cutline: Cutline, base_url: str, *words: str | Path, backend: str = "imagedescriber") -> Result:
    section = f"backends.{backend}"
    fast = [f"{section}.base_url={base_url}", f"{section}.requests_per_minute=0", f"{section}.parallel=1"]
    sets = [word for setting in fast for word in ("--set", setting)]
    result = cutline("tag", "--backend", backend, "--json", *sets, *words)
    assert KEY not in result.out + result.err
    return result


def test_answers_are_embedded_and_credits_counted(
    cutline: Cutline, service: ImagedescriberService, photos: list[Path]
) -> None:
    result = asked(cutline, service.base_url, *photos)
    assert result.status == 0
    assert [r["title"] for r in result.records] == [f"A picture {60 + n} by 40" for n in range(3)]
    assert [r["credits"] for r in result.records] == [{"used": 1, "remaining": left} for left in (999, 998, 997)]
    ahead, total = result.err.splitlines()
    assert ahead == (
        "3 photos: 3 to ask at 127.0.0.1 (about 3 credits). Each picture goes there as a small copy without metadata."
    )
    assert total == "3 photos: 3 written. Credits: 3 used, 997 left."
    again = asked(cutline, service.base_url, *photos)
    assert len(service.requests) == 3
    assert [r["cached"] for r in again.records] == [True] * 3
    assert [r["credits"] for r in again.records] == [{"used": 0, "remaining": None}] * 3
    assert asked(cutline, service.base_url, photos[0], "--fresh").record["cached"] is False
    assert len(service.requests) == 4


def test_no_key_stops_the_run(cutline: Cutline, photos: list[Path]) -> None:
    result = asked(cutline, "http://127.0.0.1:9/api/v1", *photos)
    assert result.status == 3
    first, *others = result.records
    assert (first["status"], first["error"]["code"]) == ("failed", "auth")
    assert {(r["status"], r["error"]["code"]) for r in others} == {("cancelled", "cancelled")}
    assert "The run had to stop: " in result.err
    assert "cutline keys set imagedescriber" in result.err


def test_a_refused_key_stops_the_run(cutline: Cutline, service: ImagedescriberService, photos: list[Path]) -> None:
    service.key = "another"
    result = asked(cutline, service.base_url, *photos)
    assert (result.status, result.records[0]["error"]["code"]) == (3, "auth")
    assert len(service.requests) == 1


def test_credits_gone_in_the_middle_keep_what_was_done(
    cutline: Cutline, service: ImagedescriberService, photos: list[Path]
) -> None:
    service.credits_left = 1
    result = asked(cutline, service.base_url, *photos)
    assert result.status == 3
    assert [r["status"] for r in result.records] == ["written", "failed", "cancelled"]
    assert result.records[1]["error"]["code"] == "quota"
    service.credits_left = 10
    continued = asked(cutline, service.base_url, *photos)
    assert (continued.status, [r["cached"] for r in continued.records]) == (0, [True, False, False])


def test_nobody_there_stops_the_run(cutline: Cutline, photos: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUTLINE_IMAGEDESCRIBER_KEY", KEY)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, but nobody listens
        result = asked(cutline, f"http://127.0.0.1:{held.getsockname()[1]}/api/v1", *photos)
    assert (result.status, result.records[0]["error"]["code"]) == (3, "unreachable")
    assert result.records[-1]["status"] == "cancelled"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (answering({"code": 2001, "message": "picture not allowed"}, 400), "rejected"),
        (answering({"code": 2001, "message": "picture not allowed"}), "rejected"),
        (html(), "bad_answer"),
        (answering({"code": 0, "data": []}), "bad_answer"),
        (redirect("http://127.0.0.1:9/"), "config"),
    ],
)
def test_one_photo_fails_and_the_others_go_on(
    cutline: Cutline, service: ImagedescriberService, photos: list[Path], fault: Fault, code: str
) -> None:
    service.faults += [fault]
    result = asked(cutline, service.base_url, *photos)
    first, *others = result.records
    assert first["status"] == "failed"
    assert first["error"]["message"].endswith(".")
    if code == "config":
        assert result.status == 3  # a wrong base URL is wrong for every photo
        return
    assert (result.status, first["error"]["code"]) == (1, code)
    assert {r["status"] for r in others} == {"written"}


def test_too_slow_is_a_timeout(cutline: Cutline, service: ImagedescriberService, photos: list[Path]) -> None:
    service.faults += [silent()] * 10
    result = asked(cutline, service.base_url, photos[0], "--set", "backends.imagedescriber.timeout=1")
    assert (result.status, result.record["error"]["code"]) == (1, "timeout")


def test_a_truncated_body_and_a_bad_moment_are_tried_again(
    cutline: Cutline, service: ImagedescriberService, photos: list[Path]
) -> None:
    service.faults += [truncated(), status(503)]
    result = asked(cutline, service.base_url, photos[0])
    assert (result.status, result.record["status"]) == (0, "written")


def test_hostile_words_become_tidy_ones(cutline: Cutline, service: ImagedescriberService, photos: list[Path]) -> None:
    service.faults += [
        answering(service.success("a\x00b\x1b[31m" * 3, "d\x07", ["x\x00y", 7, ["nested", None], "x y"]))
    ]
    record = asked(cutline, service.base_url, photos[0]).record
    assert record["status"] == "written"
    assert not any(ord(c) < 32 for text in (record["title"], record["description"], *record["tags"]) for c in text)
