"""Who else asks about the same picture: another thread, another Cutline, the same person once more."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from cutline.core import locks, metadata
from cutline.core.answering import Answering, Found
from cutline.core.backends.base import Info, Request, Upload
from cutline.core.control import Control
from cutline.core.errors import Cancelled
from cutline.core.journal import Journal
from cutline.core.photo import FIELDS, Caption, Photo, Suggestion
from cutline.core.settings import Settings, changed


@dataclass
class Paid:
    """A service that takes its time, and money."""

    id: str = "paid"
    name: str = "Paid"
    info: Info = field(default_factory=lambda: Info(False, False, frozenset(FIELDS)))
    asked: list[Path] = field(default_factory=list)
    asking: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    answer: threading.Event = field(default_factory=threading.Event)

    def fingerprint(self, request: Request) -> str:
        return ""

    def ask(self, upload: Upload, request: Request, control: Control) -> Suggestion:
        self.asked.append(request.path)
        self.asking.release()
        assert self.answer.wait(10)
        return Suggestion(Caption("A pier"), self.id)

    def close(self) -> None:
        pass


@pytest.fixture
def service() -> Paid:
    return Paid()


@pytest.fixture
def photo(tmp_path: Path) -> Photo:
    path = tmp_path / "pier.jpg"
    Image.effect_noise((64, 48), 90).convert("RGB").save(path)
    return Photo(path)


@pytest.fixture
def journals(tmp_path: Path) -> Iterator[list[Journal]]:
    made = [Journal(tmp_path / "journal.sqlite") for _ in range(2)]
    yield made
    for journal in made:
        journal.close()


class Asker(threading.Thread):
    def __init__(self, answering: Answering, photo: Photo, control: Control) -> None:
        super().__init__()
        self.answering, self.photo, self.control = answering, photo, control
        self.found: Found | None = None
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.found = self.answering.find(self.photo, metadata.read(self.photo.path), self.control)
        except Cancelled as error:
            self.error = error


def test_two_cutlines_pay_once_for_one_picture(service: Paid, photo: Photo, journals: list[Journal]) -> None:
    both = [Answering(service, journal, Settings(), fresh=False) for journal in journals]
    first = Asker(both[0], photo, Control())
    assert service.asking.acquire(timeout=10)
    second = Asker(both[1], photo, Control())
    second.join(0.3)
    service.answer.set()
    first.join(10)
    second.join(10)
    assert service.asked == [photo.path]
    assert second.found is not None
    assert second.found.free
    assert not list(photo.path.parent.glob("asking-*"))


def test_waiting_for_another_cutline_ends_when_cancelled(service: Paid, photo: Photo, journals: list[Journal]) -> None:
    both = [Answering(service, journal, Settings(), fresh=False) for journal in journals]
    control = Control()
    first = Asker(both[0], photo, Control())
    assert service.asking.acquire(timeout=10)
    second = Asker(both[1], photo, control)
    control.cancel()
    second.join(10)
    assert isinstance(second.error, Cancelled)
    service.answer.set()
    first.join(10)
    assert first.found is not None


@pytest.mark.parametrize("near", [False, True])
def test_an_answer_that_comes_while_all_are_paused_is_kept_at_once(
    service: Paid, photo: Photo, journals: list[Journal], near: bool
) -> None:
    rules = changed(changed(Settings(), "near_duplicates", near), "max_cost", "100")
    copy = Photo(photo.path.with_name("copy.jpg"))
    copy.path.write_bytes(photo.path.read_bytes())
    if near:
        with Image.open(photo.path) as image:
            image.save(copy.path, quality=60)
    answering, control = Answering(service, journals[0], rules, fresh=False), Control()
    first = Asker(answering, photo, control)
    assert service.asking.acquire(timeout=10)
    control.pause()
    second = Asker(answering, copy, control)
    second.join(0.3)
    service.answer.set()
    first.join(5)
    done = first.found is not None
    control.resume()
    second.join(10)
    assert done
    assert second.found is not None


def test_a_picture_that_is_asked_about_anew_is_so_once(service: Paid, photo: Photo, journals: list[Journal]) -> None:
    service.answer.set()
    copy = Photo(photo.path.with_name("copy.jpg"))
    copy.path.write_bytes(photo.path.read_bytes())
    for _ in range(2):
        answering = Answering(service, journals[0], Settings(), fresh=True)
        found = [answering.find(each, metadata.read(each.path), Control()).free for each in (photo, copy)]
        assert found == [False, True]
    assert service.asked == [photo.path, photo.path]


def test_a_lock_that_cannot_be_made_keeps_nobody(tmp_path: Path) -> None:
    with locks.named(tmp_path / "missing" / "lock", lambda: pytest.fail("nobody has it")):
        pass
    assert not (tmp_path / "missing").exists()
