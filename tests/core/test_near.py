"""Near-duplicates: frames of a burst are near, other pictures are not, and what is paid for one serves all."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cutline.core import near
from cutline.core.backends.base import Info, Request, Upload
from cutline.core.batch import Answer
from cutline.core.control import Control
from cutline.core.journal import Journal
from cutline.core.photo import Caption, Credits, Photo, Suggestion
from cutline.core.settings import Settings, changed
from cutline.core.tagging import Rules, Tagger
from helpers.bursts import frame, scene

SHARING = changed(Settings(), "near_duplicates", True)


def looks(path: Path) -> near.Looks:
    found = near.looks_of(path)
    assert found is not None
    return found


def test_frames_of_a_burst_are_near_and_other_pictures_are_not(tmp_path: Path) -> None:
    bursts = [[looks(frame(tmp_path / f"{seed}-{n}.jpg", seed, n).path) for n in range(3)] for seed in range(12)]
    for one in bursts:
        assert one[0].near(one[1])
        assert one[1].near(one[2])
        assert not any(one[0].near(frame) for other in bursts if other is not one for frame in other)


def test_the_same_view_at_another_time_is_another_picture(tmp_path: Path) -> None:
    first = looks(frame(tmp_path / "a.jpg", 1).path)
    later = looks(frame(tmp_path / "b.jpg", 1, 1, datetime(2024, 5, 1, 12, 30)).path)
    assert not first.near(later)


def test_another_shape_is_another_picture(tmp_path: Path) -> None:
    frame(tmp_path / "a.jpg", 1)
    scene(1).crop((0, 0, 320, 320)).save(tmp_path / "b.jpg")
    assert not looks(tmp_path / "a.jpg").near(looks(tmp_path / "b.jpg"))


def test_other_colours_are_another_picture(tmp_path: Path) -> None:
    scene(1).save(tmp_path / "a.png")
    Image.merge("RGB", scene(1).split()[::-1]).save(tmp_path / "b.png")
    assert not looks(tmp_path / "a.png").near(looks(tmp_path / "b.png"))


@pytest.mark.parametrize("colour", ["black", "white", "red"])
def test_a_picture_of_one_colour_looks_like_nothing_in_particular(tmp_path: Path, colour: str) -> None:
    Image.new("RGB", (60, 40), colour).save(tmp_path / "a.png")
    assert near.looks_of(tmp_path / "a.png") is None


def test_what_cannot_be_decoded_looks_like_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("no picture")
    assert near.looks_of(tmp_path / "a.jpg") is None


@given(
    bits=st.integers(0, 2**128 - 1),
    colours=st.binary(min_size=48, max_size=48),
    shape=st.floats(0.01, 100),
    taken=st.none() | st.floats(-1e10, 1e10),
)
def test_looks_are_kept_whole(bits: int, colours: bytes, shape: float, taken: float | None) -> None:
    whole = near.Looks(bits, colours, shape, taken)
    assert near.unpacked(whole.packed()) == whole
    assert whole.near(whole)


@given(st.text())
def test_any_text_is_survived(text: str) -> None:
    near.unpacked(text)


class Paid:
    """A backend that counts, and depends on the file's name as the analyser does."""

    id, name = "paid", "Paid"
    info = Info(needs_key=False, local=True, gives=frozenset({"title", "tags"}))

    def __init__(self, wait: Callable[[], None] = lambda: None) -> None:
        self.asked: list[str] = []
        self._wait = wait

    def fingerprint(self, request: Request) -> str:
        return request.path.name

    def ask(self, upload: Upload, request: Request, control: Control) -> Suggestion:
        self.asked.append(request.path.name)
        self._wait()
        return Suggestion(Caption(f"Like {request.path.stem}", tags=("x",)), self.id, credits=Credits(1, 9))

    def close(self) -> None: ...


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.sqlite")
    yield made
    made.close()


@pytest.fixture
def burst(tmp_path: Path) -> list[Photo]:
    return [frame(tmp_path / f"{n}.jpg", 3, n) for n in range(3)]


def answers(tagger: Tagger, photos: list[Photo]) -> list[Answer]:
    return [tagger.answer(photo, Control()) for photo in photos]


def test_one_answer_serves_a_burst_and_is_shown_as_shared(journal: Journal, burst: list[Photo], tmp_path: Path) -> None:
    backend = Paid()
    tagger = Tagger(backend, journal, SHARING)
    other = frame(tmp_path / "other.jpg", 9)
    first, second, third, _ = found = answers(tagger, [*burst, other])
    assert backend.asked == ["0.jpg", "other.jpg"]
    assert [answer.cached for answer in found] == [False, True, True, False]
    for answer in (second, third):
        assert answer.suggestion is not None
        assert first.suggestion is not None
        assert answer.suggestion.caption == first.suggestion.caption
        assert answer.suggestion.credits is None
    settled = tagger.settle(burst[1], second, Control())
    assert settled.notes == ("Shares the answer of 0.jpg, which it looks like.",)
    assert tagger.settle(burst[0], first, Control()).notes == ()


def test_what_is_shared_is_found_again_by_the_next_run(journal: Journal, burst: list[Photo]) -> None:
    backend = Paid()
    answers(Tagger(backend, journal, SHARING), burst[:1])
    answers(Tagger(backend, journal, SHARING), burst[1:])
    (again,) = answers(Tagger(backend, journal, SHARING), burst[2:])
    assert (backend.asked, again.cached) == (["0.jpg"], True)


def test_without_the_setting_each_is_asked_about_and_what_was_shared_too(journal: Journal, burst: list[Photo]) -> None:
    backend = Paid()
    answers(Tagger(backend, journal, SHARING), burst)
    answers(Tagger(backend, journal, Settings()), burst)
    assert backend.asked == ["0.jpg", "1.jpg", "2.jpg"]


def test_asked_anew_a_frame_gets_an_answer_of_its_own(journal: Journal, burst: list[Photo]) -> None:
    backend = Paid()
    answers(Tagger(backend, journal, SHARING), burst)
    (own,) = answers(Tagger(backend, journal, SHARING, Rules(fresh=True)), burst[1:2])
    assert own.suggestion is not None
    assert own.suggestion.caption.title == "Like 1"
    (kept,) = answers(Tagger(backend, journal, SHARING), burst[1:2])
    assert kept.suggestion == own.suggestion


def test_frames_asked_about_at_once_wait_for_the_first(journal: Journal, burst: list[Photo]) -> None:
    started, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        started.set()
        go_on.wait(10)

    backend = Paid(wait)
    tagger = Tagger(backend, journal, SHARING)
    threads = [threading.Thread(target=tagger.answer, args=(photo, Control())) for photo in burst]
    for thread in threads:
        thread.start()
    assert started.wait(10)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(backend.asked) == 1
