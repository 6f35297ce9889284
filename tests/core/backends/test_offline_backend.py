"""The embedded backend as the rest of Cutline meets it: through its entry point, on files."""

import json
import os
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any

import piexif
import pytest
from piexif import ExifIFD
from PIL import Image, ImageDraw

from cutline.core import backends
from cutline.core.backends.base import Backend, Request
from cutline.core.backends.offline import create
from cutline.core.control import Control
from cutline.core.errors import Cancelled, Unreadable
from cutline.core.offline.language import languages
from cutline.core.photo import Suggestion
from cutline.core.picture import Upload
from cutline.core.settings import Settings


@pytest.fixture
def backend() -> Backend:
    return backends.create("offline", Settings(), no_key)


def no_key() -> str | None:
    raise AssertionError("the offline backend asks for no key")


def photo(path: Path, color: str = "#101060", exif: dict[int, Any] | None = None, orientation: int = 1) -> Path:
    picture = Image.new("RGB", (600, 400), color)
    ImageDraw.Draw(picture).rectangle((0, 300, 600, 400), fill="#ffa500")
    dumped = piexif.dump({"0th": {piexif.ImageIFD.Orientation: orientation}, "Exif": exif or {}})
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, exif=dumped)
    return path


def ask(backend: Backend, path: Path, **more: Any) -> Suggestion:
    upload = Upload(path, backend.info, Settings().upload)
    return backend.ask(upload, Request(path, **more), Control())


def test_it_is_what_it_says(backend: Backend) -> None:
    assert (backend.id, backend.info.needs_key, backend.info.local) == ("offline", False, True)
    assert backend.info.gives == {"title", "description", "tags", "alt_text"}
    assert backend.info.languages == languages()
    backend.close()


def test_a_photo_from_file_to_suggestion(backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path.parent))
    path = photo(tmp_path / "Lake Como" / "dusk over the water.jpg", exif={
        ExifIFD.DateTimeOriginal: b"2024:06:12 18:30:00", ExifIFD.ExposureTime: (4, 1)})  # fmt: skip
    told = ask(backend, path)
    assert told.backend == "offline"
    assert told.caption.title == "Dusk over the water"
    assert told.caption.description == (
        "Dusk over the water (Lake Como). Landscape-format photo in dark blue and orange,"
        " taken on the evening of 12 June 2024. Mostly dark tones. Long exposure of 4 s."
    )
    assert told.caption.tags[:5] == ("dusk", "water", "Lake Como", "blue", "orange")
    assert told.caption.alt_text
    assert told.credits is None
    assert json.loads(json.dumps(dict(told.details))) == told.details


@pytest.mark.parametrize(
    ("orientation", "shape"), [(1, "landscape"), (6, "portrait"), (8, "portrait"), (3, "landscape")]
)
def test_the_picture_is_judged_upright(backend: Backend, tmp_path: Path, orientation: int, shape: str) -> None:
    path = photo(tmp_path / "a.jpg", orientation=orientation)
    assert ask(backend, path).details["orientation"] == shape


@pytest.mark.parametrize("lang", languages())
def test_every_language_it_offers(backend: Backend, tmp_path: Path, lang: str) -> None:
    told = ask(backend, photo(tmp_path / "IMG_1.jpg"), lang=lang)
    assert told.caption.title
    assert told.caption.tags


def test_the_limit_of_tags(backend: Backend, tmp_path: Path) -> None:
    assert len(ask(backend, photo(tmp_path / "dusk over the water.jpg"), max_tags=2).caption.tags) == 2


def test_a_modification_time_is_no_capture_date(backend: Backend, tmp_path: Path) -> None:
    path = photo(tmp_path / "IMG_1.jpg")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    told = ask(backend, path)
    assert "2001" not in told.caption.description + told.caption.title + " ".join(told.caption.tags)
    assert "taken" not in told.details


def test_broken_exif_costs_the_facts_and_not_the_photo(backend: Backend, tmp_path: Path) -> None:
    path = photo(tmp_path / "dusk.jpg", exif={ExifIFD.DateTimeOriginal: b"2024:06:12 18:30:00"})
    whole = path.read_bytes()
    at = whole.index(b"Exif\0\0") + 6
    path.write_bytes(whole[:at] + b"\xff" * 12 + whole[at + 12 :])
    assert ask(backend, path).caption.title == "Dusk"


def test_what_is_no_picture_is_refused(backend: Backend, tmp_path: Path) -> None:
    path = tmp_path / "dusk.jpg"
    path.write_text("not a picture")
    with pytest.raises(Unreadable):
        ask(backend, path)


def test_a_stopped_run_asks_nothing(backend: Backend, tmp_path: Path) -> None:
    control = Control()
    control.cancel()
    path = tmp_path / "missing.jpg"
    with pytest.raises(Cancelled):
        backend.ask(Upload(path, backend.info, Settings().upload), Request(path), control)


def test_nothing_goes_over_the_network(backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    assert ask(backend, photo(tmp_path / "dusk.jpg")).caption.title == "Dusk"


def test_many_threads_may_ask_at_once(backend: Backend, tmp_path: Path) -> None:
    paths = [photo(tmp_path / f"{word}.jpg") for word in ("dusk", "dawn", "noon", "night", "rain", "snow")]
    titles: dict[str, str] = {}

    def work(path: Path) -> None:
        titles[path.stem] = ask(backend, path).caption.title

    threads = [threading.Thread(target=work, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert titles == {path.stem: path.stem.capitalize() for path in paths}


def test_the_fingerprint_is_what_the_answer_depends_on(tmp_path: Path) -> None:
    backend = create(Settings(), no_key)
    path = photo(tmp_path / "dusk.jpg", exif={ExifIFD.DateTimeOriginal: b"2024:06:12 18:30:00"})
    first = backend.fingerprint(Request(path))
    assert first == backend.fingerprint(Request(path))
    assert first == backend.fingerprint(Request(path, lang="de"))  # the journal keys by language itself
    assert first != backend.fingerprint(Request(path, max_tags=3))
    renamed = path.rename(tmp_path / "dawn.jpg")
    assert first != backend.fingerprint(Request(renamed))
    piexif.insert(piexif.dump({"Exif": {ExifIFD.DateTimeOriginal: b"2023:06:12 18:30:00"}}), str(renamed))
    back = renamed.rename(path)
    assert first != backend.fingerprint(Request(back))


def test_a_caption_written_into_the_photo_changes_no_fingerprint(tmp_path: Path) -> None:
    backend = create(Settings(), no_key)
    path = photo(tmp_path / "dusk.jpg", exif={ExifIFD.DateTimeOriginal: b"2024:06:12 18:30:00"})
    first = backend.fingerprint(Request(path))
    exif = piexif.load(str(path))
    exif["0th"][piexif.ImageIFD.ImageDescription] = b"Dusk over the water"
    piexif.insert(piexif.dump(exif), str(path))
    assert backend.fingerprint(Request(path)) == first


def test_camera_numbers_make_no_difference(tmp_path: Path) -> None:
    backend = create(Settings(), no_key)
    one, two = photo(tmp_path / "IMG_1.jpg"), photo(tmp_path / "IMG_2.jpg")
    assert backend.fingerprint(Request(one)) == backend.fingerprint(Request(two))
