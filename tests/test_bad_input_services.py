"""Services that misbehave, met by the program as its user would: what fails, fails alone; what was paid for stays.

Every case is a run over three photos, asked about one after another; the service misbehaves at the second.
"""

import json
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from cutline.cli.guard import Exit
from cutline.core import metadata
from cutline.core.backends import http
from helpers.command import Cutline, Result, finished, process
from helpers.imagedescriber_service import ImagedescriberService
from helpers.little_photos import jpeg
from helpers.service import (
    DRIPPED_BODY,
    DRIPPED_HEADERS,
    Fault,
    StandIn,
    answering,
    drip,
    dropped,
    html,
    late,
    no_http,
    raw,
    redirect,
    silent,
    status,
    truncated,
)
from helpers.service_runs import (
    DONE,
    KEY,
    SERVICES,
    SOME_FAILED,
    STOPPED,
    answer,
    by_name,
    check_failure,
    digests,
    tag_words,
    variable,
)

GOOD = late(0)
"""The regular answer."""


@pytest.fixture(params=SERVICES)
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name: str = request.param
    monkeypatch.setenv(variable(name), KEY)
    return name


@pytest.fixture
def service(backend: str) -> Iterator[StandIn]:
    with SERVICES[backend](KEY) as service:
        yield service


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many attempts as ever, with less time between them."""
    monkeypatch.setattr(http, "WAITS", (0.001,) * 4)
    monkeypatch.setattr(http, "LIMITED", (0.001,) * 4)


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "photos"
    folder.mkdir()
    return [jpeg(folder / f"{number}.jpg", 60 + number, 40) for number in range(3)]


@dataclass(frozen=True)
class Case:
    """One way to misbehave."""

    fault: Callable[[str], Fault]
    """For a backend's id."""
    code: str
    times: int = 1
    """How often the program asks before it gives up this photo."""
    exit: Exit = SOME_FAILED


def always(fault: Fault, code: str, times: int = 1, exit_: Exit = SOME_FAILED) -> Case:
    return Case(lambda backend: fault, code, times, exit_)


def said(imagedescriber: object, imgtags: object, http_status: int, code: str, **how: object) -> Case:
    """Each service's own words."""
    documents = {"imagedescriber": imagedescriber, "imgtags": imgtags}
    return Case(lambda backend: answering(documents[backend], http_status), code, **how)  # type: ignore[arg-type]


def complaint(code: object, message: str = "No.") -> dict[str, object]:
    return {"code": code, "message": message, "request_id": "req-9"}


def error(code: str, message: str = "No.") -> dict[str, object]:
    return {"success": False, "error": {"code": code, "message": message}}


def success(title: object, description: object, tags: object) -> Case:
    return Case(lambda backend: answering(answer(backend, title, description, tags)), "bad_answer")


MEGABYTE = "An endless title " * 62_000
CASES = {
    "wrong key": said(complaint(1001, "Invalid API key"), error("UNAUTHORIZED"), 401, "auth", exit=STOPPED),
    "no credits": said(complaint(1003, "Insufficient credits"), error("CREDITS"), 402, "quota", exit=STOPPED),
    "asked too often": said(complaint(1004), error("RATE_LIMIT_EXCEEDED"), 429, "rate_limited", times=5),
    "picture refused": said(complaint(2001), {"message": "No.", "errors": {"image": ["No."]}}, 422, "rejected"),
    "200 with an error code": said(complaint(2001), error("NOT_ALLOWED"), 200, "rejected"),
    "200 and asked too often": said(complaint(1004), error("RATE_LIMIT_EXCEEDED"), 200, "rate_limited", times=5),
    "200 and failed": said(complaint("500"), error("ANALYSIS_FAILED"), 200, "unreachable", times=5),
    "down": always(status(503), "unreachable", 5, STOPPED),
    "failing": always(status(500), "unreachable", 5),
    "html": always(html(), "bad_answer"),
    "html with 500": always(html(500), "unreachable", 5),
    "html called json": always(raw(b"<html>log in</html>"), "bad_answer"),
    "redirect": always(redirect("https://elsewhere.example/analyze?x=1"), "unreachable", 1, STOPPED),
    "permanent redirect": always(redirect("/login", 308), "unreachable", 1, STOPPED),
    "no json": always(raw(b"{'code': 0}"), "bad_answer", 5),
    "half a json": always(raw(b'{"code": 0, "data": {"tags'), "bad_answer", 5),
    "nothing": always(raw(b""), "bad_answer", 5),
    "no text": always(raw(b"\xff\xfe\x00" * 50), "bad_answer", 5),
    "nested without end": always(raw(b"[" * 100_000), "bad_answer", 5),
    "not a number": always(raw(b'{"code": 0, "success": true, "data": {"tags": [NaN]}}'), "bad_answer", 5),
    "truncated body": always(truncated(), "unreachable", 5),
    "connection dropped": always(dropped(), "unreachable", 5),
    "no http": always(no_http(), "bad_answer", 5),
    "silence": always(silent(), "timeout", 2),
    "dripped body": always(drip(DRIPPED_BODY), "timeout", 2),
    "dripped headers": always(drip(DRIPPED_HEADERS), "timeout", 2),
    "a list": always(answering([1, 2]), "bad_answer"),
    "null": always(answering(None), "bad_answer"),
    "a text": always(answering("tags"), "bad_answer"),
    "data null": always(answering({"code": 0, "success": True, "data": None}), "bad_answer"),
    "data a list": always(answering({"code": 0, "success": True, "data": [[]]}), "bad_answer"),
    "tags missing": always(answering({"code": 0, "success": True, "data": {}}), "bad_answer"),
    "everything null": success(None, None, None),
    "everything empty": success("", [], {}),
    "only invisible": success("\x00\x07", "\x1b\n", ["\x00", " "]),
    "a title of a megabyte": success(MEGABYTE, MEGABYTE, ["a"]),
    "a tag of a megabyte": success("A", "A", [MEGABYTE]),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_it_is_said_on_its_photo_and_nothing_is_lost(
    cutline: Cutline, service: StandIn, backend: str, photos: list[Path], case: Case
) -> None:
    before = digests(photos[0].parent)
    service.faults += [GOOD, *[case.fault(backend)] * case.times]
    slow = case.code == "timeout"
    words = [*tag_words(backend, service.base_url, *photos, timeout=1 if slow else 5), "--json"]
    first, bad, last = (result := cutline(*words)).records
    assert service.faults == [], "asked less often than it should"
    assert result.status == case.exit
    check_told(result, case)
    check_failure(bad, case.code)
    assert (bad["title"], bad["tags"], bad["credits"]) == ("", [], None)
    assert (first["status"], last["status"]) == ("written", "cancelled" if case.exit is STOPPED else "written")
    after = digests(photos[0].parent)
    assert after.keys() == before.keys()
    assert (after["0.jpg"], after["1.jpg"]) != (before["0.jpg"], before["1.jpg"])
    assert after["1.jpg"] == before["1.jpg"]
    check_nothing_is_asked_twice(cutline, service, words, result)


def check_told(result: Result, case: Case) -> None:
    """A line before the run and one after it, and one more where it had to stop."""
    ahead, *lines = result.err.splitlines()
    assert "to ask at 127.0.0.1" in ahead
    assert len(lines) == 1 + (case.exit is STOPPED)
    assert lines[0].startswith("The run had to stop: ") is (case.exit is STOPPED)
    assert KEY not in result.out + result.err


def check_nothing_is_asked_twice(cutline: Cutline, service: StandIn, words: list[str], before: Result) -> None:
    """The next run asks only for what was not answered, and the one after that for nothing."""
    asked = len(service.requests)
    unanswered = [record["path"] for record in before.records if record["status"] != "written"]
    again = cutline(*words)
    assert (again.status, len(service.requests)) == (DONE, asked + len(unanswered))
    assert [r["path"] for r in again.records if not r["cached"]] == unanswered
    third = cutline(*words)
    assert [(r["status"], r["cached"]) for r in third.records] == [("unchanged", True)] * 3
    assert len(service.requests) == asked + len(unanswered)


FORGIVEN: dict[str, tuple[object, object, object, list[str]]] = {
    "tags null": ("T", "D", None, []),
    "tags a text": ("T", "D", "sea, pier;fog\nmorning", ["sea", "pier", "fog", "morning"]),
    "tags a number": ("T", "D", 7, ["7"]),
    "tags numbers": ("T", "D", [1, 2.5, True, None], ["1", "2.5"]),
    "tags nested": ("T", "D", [["sea", ["pier"]], [[["fog"]]]], ["sea", "pier", "fog"]),
    "tags objects": ("T", "D", [{"name": "x"}, "sea"], ["sea"]),
    "tags thrice": ("T", "D", ["Sea", "sea", "SEA", "ｓｅａ"], ["Sea"]),
    "tags steering": ("T", "D", ["s\x00e\x1b[31ma", "pi\u0007er", "\ud800fog"], ["se[31ma", "pier", "?fog"]),
    "title a list": (["T", "U"], ["D"], ["sea"], ["sea"]),
    "title a number": (5, 6, ["sea"], ["sea"]),
    "texts steering": ("T\x00i\x1b]0;x\x07", "D\x00\x1b[2J\nE", ["sea"], ["sea"]),
    "text of two directions": ("T \u202e evil", "D", ["sea"], ["sea"]),
}


@pytest.mark.parametrize("values", FORGIVEN.values(), ids=FORGIVEN.keys())
def test_what_can_be_understood_is_tidied_and_written(
    cutline: Cutline,
    service: StandIn,
    backend: str,
    photos: list[Path],
    values: tuple[object, object, object, list[str]],
) -> None:
    title, description, tags, expected = values
    service.faults += [GOOD, answering(answer(backend, title, description, tags))]
    words = tag_words(backend, service.base_url, *photos)
    result = cutline(*words, "--json")
    assert (result.status, [r["status"] for r in result.records]) == (DONE, ["written"] * 3)
    record = result.records[1]
    assert record["tags"] == expected
    assert record["title"] != ""
    texts = [record["title"], record["description"].replace("\n", ""), *record["tags"]]
    assert not any(character < " " or character == "\x7f" for text in texts for character in text)
    there = metadata.read(photos[1]).caption
    assert (there.title, list(there.tags)) == (record["title"], expected)
    told = cutline(*words).out + cutline("show", photos[1]).out
    assert not any(character in told for character in "\x00\x07\x1b\u202e")
    assert len(service.requests) == 3


@pytest.mark.parametrize("name", ["wrong key", "html", "a title of a megabyte", "redirect", "200 with an error code"])
def test_a_person_reads_it_on_one_line(
    cutline: Cutline, service: StandIn, backend: str, photos: list[Path], name: str
) -> None:
    case = CASES[name]
    service.faults += [GOOD, *[case.fault(backend)] * case.times]
    result = cutline(*tag_words(backend, service.base_url, *photos))
    first, bad, last, total = result.out.splitlines()
    assert first.startswith("written    ")
    assert bad.startswith(f"failed     {photos[1]}  ")
    assert bad.count(photos[1].name) == 1
    assert bad.endswith(".")
    assert last.startswith("cancelled " if case.exit is STOPPED else "written ")
    assert total.startswith("3 photos: ")
    assert result.status == case.exit


@pytest.mark.parametrize("times", [1, 2])
def test_a_bad_moment_is_not_even_told(
    cutline: Cutline, service: StandIn, backend: str, photos: list[Path], times: int
) -> None:
    for fault in (truncated(), status(503), raw(b"{"), dropped()):
        service.faults += [fault] * times
        result = cutline(*tag_words(backend, service.base_url, *photos), "--json", "--fresh")
        assert (result.status, {r["status"] for r in result.records} - {"unchanged"}) in ((0, {"written"}), (0, set()))
        assert len(result.err.splitlines()) == 2


def test_a_service_that_is_down_for_good_is_given_up_after_a_few_photos(
    cutline: Cutline, service: StandIn, backend: str, tmp_path: Path
) -> None:
    photos = [jpeg(tmp_path / f"{number}.jpg", 60 + number) for number in range(9)]
    service.faults += [GOOD, *[raw(b"no json")] * 100]
    result = cutline(*tag_words(backend, service.base_url, *photos), "--json")
    assert result.status == STOPPED
    assert [r["status"] for r in result.records] == ["written", *["failed"] * 3, *["cancelled"] * 5]
    service.faults.clear()
    again = cutline(*tag_words(backend, service.base_url, *photos), "--json")
    assert (again.status, [r["cached"] for r in again.records]) == (DONE, [True] + [False] * 8)


def test_nobody_there_today_and_somebody_tomorrow(cutline: Cutline, backend: str, photos: list[Path]) -> None:
    before = digests(photos[0].parent)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, but nobody listens
        port = held.getsockname()[1]
        result = cutline(*tag_words(backend, f"http://127.0.0.1:{port}/api/v1", *photos), "--json")
    first, *others = result.records
    check_failure(first, "unreachable")
    assert f"backends.{backend}.base_url" in first["error"]["message"]
    assert (result.status, {r["status"] for r in others}) == (STOPPED, {"cancelled"})
    assert digests(photos[0].parent) == before
    with SERVICES[backend](KEY) as service:
        tomorrow = cutline(*tag_words(backend, service.base_url, *photos), "--json")
    assert (tomorrow.status, {r["status"] for r in tomorrow.records}) == (DONE, {"written"})


def test_several_hands_lose_nothing_when_one_is_refused(
    cutline: Cutline, service: StandIn, backend: str, tmp_path: Path
) -> None:
    photos = [jpeg(tmp_path / f"{number}.jpg", 60 + number) for number in range(12)]
    service.faults += [late(0.05)] * 5 + [status(402)]
    words = [*tag_words(backend, service.base_url, *photos, parallel=4), "--json"]
    result = cutline(*words)
    assert result.status == STOPPED
    done = {name for name, record in by_name(result).items() if record["status"] == "written"}
    asked = len(service.requests)
    assert len(done) == asked - 1, "an answer that was on its way is written too"
    again = by_name(cutline(*words))
    assert {name for name, record in again.items() if record["cached"]} == done
    assert len(service.requests) == asked + 12 - len(done)


def test_the_wrong_shape_as_a_process_of_its_own(photos: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable("imagedescriber"), KEY)
    with ImagedescriberService(KEY) as service:
        service.faults += [GOOD, answering({"code": 0, "data": {"tags": [json.dumps({})]}})]
        result = finished(*tag_words("imagedescriber", service.base_url, *photos), "--json")
    assert result.status == SOME_FAILED
    check_failure(result.records[1], "bad_answer")
    assert result.err.splitlines()[1:] == ["3 photos: 2 written, 1 failed. Credits: 2 used, 998 left."]


def test_a_journal_that_takes_no_more_loses_no_answer_and_asks_for_no_other(
    cutline: Cutline, service: StandIn, backend: str, photos: list[Path], cutline_home: Path
) -> None:
    words = [*tag_words(backend, service.base_url, *photos), "--json"]
    cutline("tag", "--dry-run", photos[0])  # makes the journal
    with closing(sqlite3.connect(cutline_home / "state" / "journal.sqlite")) as journal:
        journal.execute("CREATE TRIGGER full BEFORE INSERT ON answers BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
        result = cutline(*words)
        assert result.status == STOPPED
        assert [r["status"] for r in result.records] == ["written", "failed", "cancelled"]
        check_failure(result.records[1], "disk")
        assert "disk is full" in result.records[1]["error"]["message"]
        assert len(service.requests) == 1
        assert metadata.read(photos[0]).caption.tags == tuple(result.records[0]["tags"]) != ()
        assert "The answer was not kept: " in result.err
        journal.execute("DROP TRIGGER full")
    assert cutline(*words).status == DONE


def test_fifty_photos_a_kill_and_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable("imgtags"), KEY)
    photos = [jpeg(tmp_path / f"{number}.jpg", 60 + number) for number in range(50)]
    with SERVICES["imgtags"](KEY) as service:
        service.faults += [late(0.02)] * 15 + [silent()] * 10
        words = [*tag_words("imgtags", service.base_url, tmp_path, parallel=4, timeout=30), "--json"]
        with process(*words) as running:
            deadline = time.monotonic() + 20
            while len(service.requests) < 19:
                assert time.monotonic() < deadline, "the service was not asked"
                service.stopped.wait(0.01)
            running.kill()
            running.communicate(timeout=20)
        asked, answered = len(service.requests), 15
        assert asked == answered + 4, "only what was on its way when it was killed is asked for again"
        captions = [metadata.read(photo).caption for photo in photos]  # none of them is damaged
        assert sum(caption.title != "" for caption in captions) in range(10, answered + 1)
        service.faults.clear()
        again = finished(*words)
        assert (again.status, sum(record["cached"] for record in again.records)) == (DONE, answered)
        assert len(service.requests) == asked + 50 - answered
    assert all(metadata.read(photo).caption.title for photo in photos)
    assert sorted(tmp_path.iterdir()) == sorted(photos), "a temporary file was left"
