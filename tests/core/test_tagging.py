"""One photo from file to caption, with real files, a real journal and a backend that counts its questions."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from cutline.core import metadata
from cutline.core.answering import tidied
from cutline.core.backends.base import Info, Request, Upload
from cutline.core.batch import Run, State, Step
from cutline.core.control import Control
from cutline.core.errors import BadAnswer, Cancelled, ChangedMeanwhile, ConfigError, CutlineError, Unreadable
from cutline.core.journal import Journal
from cutline.core.metadata.locking import locked
from cutline.core.photo import FIELDS, Caption, Photo, Suggestion
from cutline.core.settings import Settings, changed
from cutline.core.tagging import Rules, Tagger


@dataclass
class Counting:
    """A backend that remembers what it was asked."""

    caption: Caption = field(default_factory=lambda: Caption("A pier", "A pier at dusk.", ("pier", "dusk"), "Pier."))
    id: str = "counting"
    name: str = "Counting"
    info: Info = field(default_factory=lambda: Info(False, True, frozenset(FIELDS), languages=("en", "de")))
    model: str = ""
    asked: list[Path] = field(default_factory=list)
    fault: CutlineError | None = None
    pace: threading.Barrier | None = None

    def fingerprint(self, request: Request) -> str:
        return self.model

    def ask(self, upload: Upload, request: Request, control: Control) -> Suggestion:
        assert upload.data.startswith(b"\xff\xd8")
        self.asked.append(request.path)
        if self.fault:
            raise self.fault
        return Suggestion(self.caption, self.id, self.model)

    def close(self) -> None:
        pass


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.sqlite")
    yield made
    made.close()


@pytest.fixture
def backend() -> Counting:
    return Counting()


def picture(path: Path, color: str = "navy") -> Photo:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 48), color).save(path)
    return Photo(path)


def run(
    photos: list[Photo], backend: Counting, journal: Journal, settings: Settings | None = None, **rules: bool
) -> list[Step]:
    tagger = Tagger(backend, journal, settings or Settings(), Rules(**rules))
    job = Run(photos, tagger.answer, tagger.settle, Control(), 2)
    steps = [step for step in job if step.state is not State.ASKING]
    assert job.drain(5)
    return steps


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_an_answer_ends_up_in_the_file(ending: str, tmp_path: Path, backend: Counting, journal: Journal) -> None:
    photo = picture(tmp_path / f"a.{ending}")
    [step] = run([photo], backend, journal)
    assert (step.state, step.cached) == (State.WRITTEN, False)
    assert step.caption == metadata.read(photo.path).caption == Caption("A pier", "A pier at dusk.", ("pier", "dusk"))


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_the_same_picture_is_asked_about_once(ending: str, tmp_path: Path, backend: Counting, journal: Journal) -> None:
    """Copied, renamed, moved and already tagged pictures cost nothing; another picture does."""
    first = picture(tmp_path / f"a.{ending}")
    run([first], backend, journal)
    copy = Photo(tmp_path / "moved" / f"b.{ending}")
    copy.path.parent.mkdir()
    copy.path.write_bytes(first.path.read_bytes())
    other = picture(tmp_path / f"c.{ending}", "maroon")
    steps = run([first, copy, other], backend, journal)
    assert {step.photo: step.cached for step in steps} == {first: True, copy: True, other: False}
    assert len(backend.asked) == 2


def test_twins_in_one_run_are_asked_about_once(tmp_path: Path, backend: Counting, journal: Journal) -> None:
    twins = [picture(tmp_path / f"{number}.jpg") for number in range(8)]
    steps = run(twins, backend, journal)
    assert len(backend.asked) == 1
    assert sorted(step.cached for step in steps) == [False] + [True] * 7


def test_fresh_asks_again_and_replaces_the_answer(tmp_path: Path, backend: Counting, journal: Journal) -> None:
    photo = picture(tmp_path / "a.jpg")
    run([photo], backend, journal)
    backend.caption = Caption("A bridge")
    [step] = run([photo], backend, journal, fresh=True)
    assert not step.cached
    [step] = run([photo], backend, journal)
    assert step.suggestion is not None
    assert (step.cached, step.suggestion.caption.title) == (True, "A bridge")


@pytest.mark.parametrize("other", [{"lang": "de"}, {"model": "larger"}, {"id": "another"}])
def test_another_language_model_or_backend_is_another_answer(
    other: dict[str, str], tmp_path: Path, backend: Counting, journal: Journal
) -> None:
    photo = picture(tmp_path / "a.jpg")
    run([photo], backend, journal)
    settings = Settings()
    for name, value in other.items():
        if name == "lang":
            settings = changed(settings, "lang", value)
        else:
            setattr(backend, name, value)
    [step] = run([photo], backend, journal, settings)
    assert not step.cached
    assert len(backend.asked) == 2


def test_a_dry_run_asks_and_writes_nothing(tmp_path: Path, backend: Counting, journal: Journal) -> None:
    photo = picture(tmp_path / "a.jpg")
    before = photo.path.read_bytes()
    [step] = run([photo], backend, journal, dry_run=True)
    assert step.state is State.SUGGESTED
    assert step.suggestion is not None
    assert step.caption == Caption()
    assert photo.path.read_bytes() == before


def test_writing_again_changes_nothing(tmp_path: Path, backend: Counting, journal: Journal) -> None:
    photo = picture(tmp_path / "a.jpg")
    run([photo], backend, journal)
    before = (photo.path.read_bytes(), photo.path.stat().st_mtime_ns)
    [step] = run([photo], backend, journal)
    assert step.state is State.UNCHANGED
    assert (photo.path.read_bytes(), photo.path.stat().st_mtime_ns) == before


def test_words_of_the_person_stay(tmp_path: Path, backend: Counting, journal: Journal) -> None:
    photo = picture(tmp_path / "a.jpg")
    metadata.write(photo.path, Caption("Mine", "", ("Family", "Dusk")), FIELDS)
    [step] = run([photo], backend, journal)
    assert step.caption == Caption("Mine", "A pier at dusk.", ("Family", "Dusk", "pier"))


def test_where_nothing_is_missing_nothing_is_asked(tmp_path: Path, backend: Counting, journal: Journal) -> None:
    photo = picture(tmp_path / "a.jpg")
    metadata.write(photo.path, Caption("T", "D", ("x",)), FIELDS)
    [step] = run([photo], backend, journal, changed(Settings(), "policy", "fill"))
    assert step.state is State.SKIPPED
    assert backend.asked == []


def test_bad_files_fail_alone_and_cost_nothing(tmp_path: Path, backend: Counting, journal: Journal) -> None:
    good = picture(tmp_path / "good.jpg")
    (tmp_path / "text.jpg").write_text("not a picture")
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "cut.jpg").write_bytes(good.path.read_bytes()[:300])
    bad = [Photo(tmp_path / name) for name in ("text.jpg", "empty.jpg", "cut.jpg", "missing.jpg")]
    steps = {step.photo: step for step in run([*bad, good], backend, journal)}
    assert steps.pop(good).state is State.WRITTEN
    for photo, step in steps.items():
        assert isinstance(step.error, Unreadable)
        assert photo.name in str(step.error)
        assert "\n" not in str(step.error)
    assert backend.asked == [good.path]


def test_a_photo_that_changed_meanwhile_is_not_overwritten(tmp_path: Path, backend: Counting, journal: Journal) -> None:
    photo = picture(tmp_path / "a.jpg")
    tagger = Tagger(backend, journal, Settings())
    answer = tagger.answer(photo, Control())
    picture(photo.path, "maroon")
    theirs = photo.path.read_bytes()
    with pytest.raises(ChangedMeanwhile):
        tagger.settle(photo, answer, Control())
    assert photo.path.read_bytes() == theirs


def test_waiting_for_a_photo_that_is_in_use_ends_with_the_run(
    tmp_path: Path, backend: Counting, journal: Journal
) -> None:
    photo, control = picture(tmp_path / "a.jpg"), Control()
    tagger = Tagger(backend, journal, Settings())
    answer, before = tagger.answer(photo, control), photo.path.read_bytes()
    control.cancel()
    with locked(photo.path), pytest.raises(Cancelled):
        tagger.settle(photo, answer, control)
    assert photo.path.read_bytes() == before


def test_what_another_cutline_wrote_meanwhile_is_no_failure(
    tmp_path: Path, backend: Counting, journal: Journal
) -> None:
    photo = picture(tmp_path / "a.jpg")
    one, other = (Tagger(backend, journal, Settings()) for _ in range(2))
    first, second = one.answer(photo, Control()), other.answer(photo, Control())
    assert one.settle(photo, first, Control()).state is State.WRITTEN
    written = photo.path.read_bytes()
    settled = other.settle(photo, second, Control())
    assert settled.state is State.UNCHANGED
    assert settled.caption == metadata.read(photo.path).caption
    assert settled.notes == ("Another program wrote just this meanwhile.",)
    assert photo.path.read_bytes() == written
    assert len(backend.asked) == 1


def test_a_refused_picture_is_not_kept_as_an_answer(tmp_path: Path, backend: Counting, journal: Journal) -> None:
    photo = picture(tmp_path / "a.jpg")
    backend.fault = BadAnswer("nonsense")
    [step] = run([photo], backend, journal)
    assert step.error is backend.fault
    backend.fault = None
    [step] = run([photo], backend, journal)
    assert (step.state, step.cached) == (State.WRITTEN, False)


def test_a_language_the_backend_lacks_is_refused_before_the_run(backend: Counting, journal: Journal) -> None:
    with pytest.raises(ConfigError, match="en, de"):
        Tagger(backend, journal, changed(Settings(), "lang", "fr"))


def test_hostile_text_is_tidied_before_it_is_kept(tmp_path: Path, backend: Counting, journal: Journal) -> None:
    photo = picture(tmp_path / "a.jpg")
    backend.caption = Caption("T\x00itle\nin two", "One\x07\r\ntwo", ("a\x00 b", "A B", ""), "\x1balt")
    [step] = run([photo], backend, journal, changed(Settings(), "fields", list(FIELDS)))
    assert step.caption == Caption("Title in two", "One\ntwo", ("a b",), "alt")
    assert tidied(Caption("x")) == Caption("x")
