"""The ledger of a run: kept as it changes, taken up where it was left, by one process at a time."""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cutline.core import ledger
from cutline.core.batch import State
from cutline.core.errors import Unreadable
from cutline.core.forgetting import forget
from cutline.core.journal import AnswerKey, Journal
from cutline.core.ledger import Ledger, Order, begun, opened, ordered, superseded, taken_up
from cutline.core.photo import Caption, Photo, Suggestion
from cutline.core.settings import Settings, changed

KEY = AnswerKey("p", "imgtags", "en", "f")
ANSWER = Suggestion(Caption("A title", tags=("one", "two")), "imgtags")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.sqlite")
    yield made
    made.close()


def photos(count: int = 4) -> list[Photo]:
    return [Photo(Path(f"/photos/{n}.jpg")) for n in range(count)]


def order(**settings: str) -> Order:
    given = Settings()
    for key, value in settings.items():
        given = changed(given, key.replace("__", "."), value)
    return ordered("tag", [Path("/photos")], given)


def left(journal: Journal, face: ledger.Face = "tag") -> list[list[str]]:
    return [[path.name for path in run.left] for run in ledger.open_runs(journal, face)]


def test_a_run_goes_on_with_what_is_not_done(journal: Journal) -> None:
    a, b, c, d = photos()
    with opened(journal, order(), [a, b, c, d]) as first:
        assert not first.continued
        first.note(a, State.ASKING)
        first.note(a, State.WRITTEN)
        first.note(b, State.UNCHANGED)
        first.note(c, State.FAILED, Unreadable("c.jpg: is not a picture."))
        first.note(d, State.ASKING)
    assert left(journal) == [["2.jpg", "3.jpg"]]
    (run,) = ledger.open_runs(journal, "tag")
    assert (run.done, run.settings["backend"]) == (2, "offline")
    with opened(journal, order(), [a, b, c, d]) as second:
        assert (second.continued, second.id) == (True, first.id)
        assert second.done() == {a.path, b.path}
        second.note(c, State.WRITTEN)
        second.note(d, State.WRITTEN)
    assert left(journal) == []
    with opened(journal, order(), [a]) as third:
        assert not third.continued
        assert third.done() == frozenset()


def test_the_reason_of_a_failure_is_kept_until_it_is_tried_again(journal: Journal) -> None:
    (a,) = photos(1)
    query = "SELECT state, code, reason FROM ledger_photos"
    with opened(journal, order(), [a, Photo(Path("/photos/b.jpg"))]) as first:
        first.note(a, State.FAILED, Unreadable("0.jpg: is not a picture."))
        assert journal.rows(query)[0] == ("failed", "unreadable", "0.jpg: is not a picture.")
    with opened(journal, order(), [a]):
        assert journal.rows(query)[0] == ("queued", "", "")


def test_a_run_that_only_failed_is_over(journal: Journal) -> None:
    (a,) = photos(1)
    with opened(journal, order(), [a]) as first:
        first.note(a, State.FAILED, Unreadable("no"))
    assert left(journal) == []


def test_photos_that_came_in_the_meantime_join_it(journal: Journal) -> None:
    with opened(journal, order(), photos(2)) as first:
        first.note(photos()[0], State.WRITTEN)
    with opened(journal, order(), photos(4)) as second:
        assert second.continued
    assert left(journal) == [["1.jpg", "2.jpg", "3.jpg"]]


@pytest.mark.parametrize(
    "other",
    [
        {"lang": "de"},
        {"policy": "replace"},
        {"fields": "title"},
        {"write": "sidecar"},
        {"max_tags": "7"},
        {"backend": "openai", "backends__openai__model": "llava"},
    ],
)
def test_another_order_is_another_run(journal: Journal, other: dict[str, str]) -> None:
    opened(journal, order(), photos()).close()
    with opened(journal, order(**other), photos()) as second:
        assert not second.continued
    assert order(**other) != order()


def test_how_a_service_is_reached_makes_no_other_order() -> None:
    one = order(backend="openai", backends__openai__base_url="http://127.0.0.1:1/v1", backends__openai__timeout="9")
    other = order(backend="openai", backends__openai__parallel="3", backends__imgtags__auth="x-api-key")
    assert one.digest == other.digest
    assert one.digest != order(backend="openai", backends__openai__prompt="web").digest
    assert ordered("window", [], Settings()).digest != ordered("tag", [], Settings()).digest


def test_paths_are_the_same_from_wherever_they_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    named = ordered("tag", [Path("b"), Path("a")], Settings())
    assert named.digest == ordered("tag", [tmp_path / "a", tmp_path / "b"], Settings()).digest


def test_what_somebody_works_on_is_not_taken_up(journal: Journal) -> None:
    with opened(journal, order(), photos()) as first:
        assert left(journal) == []
        with opened(journal, order(), photos()) as second:
            assert (second.continued, second.id != first.id) == (False, True)
    assert len(left(journal)) == 2


WORKER = """
import sys
from pathlib import Path
from cutline.core.batch import State
from cutline.core.journal import Journal
from cutline.core.ledger import opened, ordered
from cutline.core.photo import Photo
from cutline.core.settings import Settings
photos = [Photo(Path(f"/photos/{n}.jpg")) for n in range(4)]
made = opened(Journal(Path(sys.argv[1])), ordered("tag", [Path("/photos")], Settings()), photos)
made.note(photos[0], State.WRITTEN)
made.note(photos[1], State.ASKING)
print("ready", flush=True)
sys.stdin.read()
"""


def test_a_killed_run_goes_on_where_it_was(journal: Journal) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(journal.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    assert left(journal) == [], "it is being worked on"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert left(journal) == [["1.jpg", "2.jpg", "3.jpg"]]
    with opened(journal, order(), photos()) as taken_up:
        assert taken_up.continued
        assert taken_up.done() == {photos()[0].path}
    assert [path.name for path in journal.path.parent.glob("*.lock")] == []


def _race(path: Path, ready: object, results: object) -> None:
    journal = Journal(path)
    ready.wait()  # type: ignore[attr-defined]
    with opened(journal, ordered("tag", [Path("/photos")], Settings()), photos()) as made:
        results.put(made.id)  # type: ignore[attr-defined]
        ready.wait()  # type: ignore[attr-defined]
    journal.close()


def test_two_that_start_at_once_work_by_ledgers_of_their_own(journal: Journal) -> None:
    opened(journal, order(), photos()).close()
    spawn = multiprocessing.get_context("spawn")
    ready, results = spawn.Barrier(2), spawn.Queue()
    processes = [spawn.Process(target=_race, args=(journal.path, ready, results)) for _ in range(2)]
    for process in processes:
        process.start()
    ids = {results.get(timeout=60) for _ in processes}
    for process in processes:
        process.join(60)
    assert len(ids) == 2


def named(run: ledger.Open) -> tuple[list[str], list[str]]:
    return [path.name for path in run.left], [path.name for path in run.waiting]


def test_a_new_run_takes_its_photos_out_of_older_ones(journal: Journal) -> None:
    a, b, c, d = photos()
    with opened(journal, order(), [a, b, c, d]) as older:
        older.note(a, State.WRITTEN)
        older.answered(b, KEY, free=False)
    with opened(journal, replace(order(), face="window"), [c]):
        pass
    with begun(journal, order(), [b, c]) as newer:
        assert newer.id != older.id
        superseded(journal, newer, [b, c], "tag")
    assert [named(run) for run in ledger.open_runs(journal, "tag")] == [
        (["1.jpg", "2.jpg"], []),
        (["3.jpg"], ["1.jpg"]),
    ]
    assert left(journal, "window") == [["2.jpg"]]


def test_an_older_run_with_nothing_left_is_over_and_one_at_work_is_left_alone(journal: Journal) -> None:
    a, b, *_ = photos()
    with opened(journal, order(), [a]) as older:
        pass
    with opened(journal, order(lang="de"), [b]) as at_work, begun(journal, order(), [a, b]) as newer:
        superseded(journal, newer, [a, b], "tag")
        at_work.note(b, State.ASKING)
    assert journal.rows("SELECT id FROM ledgers WHERE ended IS NULL") == [(at_work.id,), (newer.id,)]
    assert journal.rows("SELECT count(*) FROM ledger_photos WHERE ledger = ?", (older.id,)) == [(0,)]


def test_an_open_run_is_taken_up_by_its_number(journal: Journal) -> None:
    a, b, c, _ = photos()
    with opened(journal, order(), [a, b, c]) as first:
        first.answered(a, KEY, free=False)
        first.note(b, State.FAILED, Unreadable("no"))
        first.stopped = True
        assert taken_up(journal, first.id) is None, "it is at work"
    with unwrapped(taken_up(journal, first.id)) as second:
        assert second.continued
        assert journal.rows("SELECT state FROM ledger_photos ORDER BY position") == [
            ("suggested",), ("queued",), ("queued",)
        ]  # fmt: skip
    ledger.give_up(journal, first.id)
    assert taken_up(journal, first.id) is None, "it is over"


def unwrapped(found: Ledger | None) -> Ledger:
    assert found is not None
    return found


def test_what_is_given_up_is_not_offered_again(journal: Journal) -> None:
    with opened(journal, order(), photos()):
        pass
    (run,) = ledger.open_runs(journal, "tag")
    ledger.give_up(journal, run.id)
    assert left(journal) == []
    made = opened(journal, order(), photos())
    made.close(given_up=True)
    assert left(journal) == []
    made.close()


def test_a_run_that_somebody_goes_on_with_is_not_given_up(journal: Journal) -> None:
    with opened(journal, order(), photos()) as made:
        made.stopped = True
        ledger.give_up(journal, made.id)
    assert left(journal) == [[photo.name for photo in photos()]]
    ledger.give_up(journal, made.id)
    assert left(journal) == []
    assert list(journal.path.parent.glob("*.lock")) == []


def test_looking_for_open_runs_leaves_no_lock_behind(journal: Journal) -> None:
    with opened(journal, order(), photos()) as made:
        made.stopped = True
    assert left(journal) != []
    assert taken_up(journal, made.id + 1) is None
    assert list(journal.path.parent.glob("*.lock")) == []


def test_old_runs_are_forgotten_and_what_waits_is_not(journal: Journal) -> None:
    a, b, c, _ = photos()
    journal.keep(KEY, ANSWER)
    for lang, photo in (("en", a), ("de", b), ("fr", c)):
        with opened(journal, order(lang=lang), [photo]) as made:
            made.note(photo, State.WRITTEN)
            if photo is b:
                made.answered(photo, KEY, free=False)
    with journal.transaction() as db:
        old = (datetime.now(UTC) - timedelta(days=10)).isoformat()
        db.execute("UPDATE ledgers SET started = ? WHERE id <= 2", (old,))
    forget(journal, changed(Settings(), "history_days", 9), spare=0)
    assert journal.rows("SELECT ledger FROM ledger_photos ORDER BY 1") == [(2,), (3,)]


@given(name=st.binary(min_size=1, max_size=40).filter(lambda name: b"/" not in name and b"\0" not in name))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_any_file_name_is_found_again(journal: Journal, name: bytes) -> None:
    photo = Photo(Path("/photos") / os.fsdecode(name))
    with opened(journal, ordered("tag", [photo.path], Settings()), [photo]) as made:
        made.note(photo, State.WRITTEN)
        assert made.done() == {Path(os.path.abspath(photo.path))}  # noqa: PTH100
