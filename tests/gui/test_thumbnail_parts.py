"""The memory, the disk cache and the wishes, each for itself."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cutline.core.photo import Photo
from cutline.gui.thumbnail_decoder import Box, Decoder, Made
from cutline.gui.thumbnail_memory import Memory
from cutline.gui.thumbnail_store import Store
from helpers.little_photos import jpeg


def test_memory_is_bounded_and_lets_go_of_what_was_not_looked_at() -> None:
    memory: Memory[str, int] = Memory(100)
    for name in "abc":
        memory.put(name, ord(name), 30)
    assert memory.get("a") == ord("a")
    memory.put("d", 4, 30)
    assert [memory.get(name) for name in "abcd"] == [97, None, 99, 4]
    assert memory.bytes == 90


def test_memory_counts_a_replaced_value_once() -> None:
    memory: Memory[str, int] = Memory(100)
    memory.put("a", 1, 40)
    memory.put("a", 2, 50)
    assert (memory.get("a"), memory.bytes, len(memory)) == (2, 50, 1)
    memory.drop("a")
    memory.drop("a")
    assert (memory.bytes, len(memory)) == (0, 0)


def test_memory_keeps_the_newest_whatever_its_size() -> None:
    memory: Memory[str, int] = Memory(10)
    memory.put("small", 1, 5)
    memory.put("large", 2, 500)
    assert (memory.get("small"), memory.get("large")) == (None, 2)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return jpeg(tmp_path / "a.jpg")


def test_the_store_knows_a_file_by_path_time_size_and_side(tmp_path: Path, photo: Path) -> None:
    store = Store(tmp_path / "t.sqlite")
    store.put(photo, photo.stat(), 256, b"small")
    store.put(photo, photo.stat(), 512, b"large")
    assert store.get(photo, photo.stat(), 256) == b"small"
    assert store.get(photo, photo.stat(), 512) == b"large"
    assert store.get(tmp_path / "b.jpg", photo.stat(), 256) is None
    os.utime(photo, (1, 1))
    assert store.get(photo, photo.stat(), 256) is None
    store.close()


def test_the_store_takes_names_that_are_not_utf_8(tmp_path: Path, photo: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    store = Store(tmp_path / "t.sqlite")
    store.put(odd, photo.stat(), 256, b"picture")
    assert store.get(odd, photo.stat(), 256) == b"picture"
    store.close()


def test_the_store_is_there_after_a_restart(tmp_path: Path, photo: Path) -> None:
    first = Store(tmp_path / "t.sqlite")
    first.put(photo, photo.stat(), 256, b"picture")
    first.close()
    assert first.get(photo, photo.stat(), 256) is None, "a closed store answers nothing"
    again = Store(tmp_path / "t.sqlite")
    assert again.get(photo, photo.stat(), 256) == b"picture"
    again.close()


def test_the_store_is_bounded_and_drops_the_oldest(tmp_path: Path, photo: Path) -> None:
    store = Store(tmp_path / "t.sqlite", limit=50_000)
    for number in range(80):
        store.put(tmp_path / f"{number}.jpg", photo.stat(), 256, bytes(1000))
    store.close()
    again = Store(tmp_path / "t.sqlite")
    kept = [number for number in range(80) if again.get(tmp_path / f"{number}.jpg", photo.stat(), 256)]
    again.close()
    assert kept == list(range(80 - len(kept), 80))
    assert 30 <= len(kept) <= 50


def test_the_store_is_bounded_while_it_is_used(tmp_path: Path, photo: Path) -> None:
    store = Store(tmp_path / "t.sqlite", limit=100_000)
    for number in range(1500):
        store.put(tmp_path / f"{number}.jpg", photo.stat(), 256, bytes(500))
    with sqlite3.connect(tmp_path / "t.sqlite") as look:
        (held,) = look.execute("SELECT sum(length(jpeg)) FROM thumbnail").fetchone()
    look.close()
    store.close()
    assert held < 100_000 + 500 * 500


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\0" + bytes(4000)])
def test_a_damaged_store_is_begun_afresh(tmp_path: Path, photo: Path, content: bytes) -> None:
    file = tmp_path / "t.sqlite"
    file.write_bytes(content)
    store = Store(file)
    assert store.get(photo, photo.stat(), 256) is None
    store.put(photo, photo.stat(), 256, b"picture")
    assert store.get(photo, photo.stat(), 256) == b"picture"
    store.close()


def test_a_store_that_is_damaged_while_it_is_used_is_begun_afresh(tmp_path: Path, photo: Path) -> None:
    file = tmp_path / "t.sqlite"
    before = Store(file)
    for number in range(300):
        before.put(tmp_path / f"{number}.jpg", photo.stat(), 256, bytes(900))
    before.close()
    whole = file.read_bytes()
    file.write_bytes(whole[:8192] + b"\xa5" * (len(whole) - 8192))
    store = Store(file)
    for number in range(300):
        store.get(tmp_path / f"{number}.jpg", photo.stat(), 256)
    store.put(photo, photo.stat(), 256, b"picture")
    assert store.get(photo, photo.stat(), 256) == b"picture"
    store.close()


def test_a_store_that_another_window_holds_is_a_miss(tmp_path: Path, photo: Path) -> None:
    store = Store(tmp_path / "t.sqlite")
    store.put(photo, photo.stat(), 256, b"picture")
    other = sqlite3.connect(tmp_path / "t.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    store.put(photo, photo.stat(), 256, b"newer")
    other.execute("ROLLBACK")
    other.close()
    assert store.get(photo, photo.stat(), 256) == b"picture"
    store.put(photo, photo.stat(), 256, b"newest")
    assert store.get(photo, photo.stat(), 256) == b"newest"
    store.close()


def test_without_a_place_there_is_no_store_and_no_complaint(tmp_path: Path, photo: Path) -> None:
    for store in (Store(None), Store(tmp_path / "missing" / "t.sqlite")):
        store.put(photo, photo.stat(), 256, b"picture")
        assert store.get(photo, photo.stat(), 256) is None
        store.close()


@pytest.mark.parametrize(("box", "side"), [(Box(96, 77), 256), (Box(256, 200), 256), (Box(257, 200), 384)])
def test_kept_pictures_have_few_sides(box: Box, side: int) -> None:
    assert box.side == side


BOX = Box(48, 48)


def names(work: Iterator[Made], count: int) -> list[str]:
    """What comes next, with a mark on previews."""
    return [f"{made.photo.path.stem}{'~' * made.preview}" for _, made in zip(range(count), work, strict=False)]


@pytest.fixture
def decoder(tmp_path: Path) -> Iterator[Decoder]:
    made = Decoder(tmp_path / "t.sqlite")
    yield made
    made.stop()
    assert list(made.work()) == [], "who comes last lets go of the cache"


@pytest.fixture
def six(tmp_path: Path) -> list[Photo]:
    """Every second one has a thumbnail in its EXIF."""
    return [Photo(jpeg(tmp_path / f"{n}.jpg", 480, 320, embedded=30 * (n % 2))) for n in range(6)]


def test_quick_looks_come_before_full_decodes_each_in_order(decoder: Decoder, six: list[Photo]) -> None:
    decoder.want([six[3], six[0], six[1]], BOX)
    work = decoder.work()
    assert names(work, 5) == ["3~", "1~", "3", "0", "1"]


def test_a_new_wish_replaces_the_old_ones(decoder: Decoder, six: list[Photo]) -> None:
    work = decoder.work()
    decoder.want(six[:3], BOX)
    assert names(work, 2) == ["1~", "0"]
    decoder.want([six[5], six[2]], BOX)
    assert names(work, 3) == ["5~", "5", "2"]
    decoder.want([], BOX)
    decoder.stop()
    assert names(work, 1) == []


def test_what_was_looked_at_quickly_is_not_looked_at_again(decoder: Decoder, six: list[Photo]) -> None:
    work = decoder.work()
    decoder.want([six[1], six[3]], BOX)
    assert names(work, 2) == ["1~", "3~"]
    decoder.want([six[3], six[1]], BOX)
    assert names(work, 2) == ["3", "1"]


def test_what_was_just_delivered_can_be_wished_for_again(decoder: Decoder, six: list[Photo]) -> None:
    work = decoder.work()
    decoder.want([six[0]], BOX)
    assert names(work, 1) == ["0"]
    decoder.want([six[0], six[2]], BOX)
    assert names(work, 2) == ["0", "2"]


def test_another_size_is_another_wish(decoder: Decoder, six: list[Photo]) -> None:
    work = decoder.work()
    decoder.want([six[0]], BOX)
    assert names(work, 1) == ["0"]
    decoder.want([six[0]], Box(100, 80, 2.0))
    made = next(work)
    assert made.image is not None
    assert (made.box, made.image.width(), made.image.height()) == (Box(100, 80, 2.0), 100, 66)


def test_two_threads_share_the_wishes(decoder: Decoder, six: list[Photo]) -> None:
    made: list[str] = []
    decoder.want([six[n] for n in (0, 2, 4)], BOX)

    def take() -> None:
        for one in decoder.work():
            made.append(one.photo.path.stem)
            if len(made) == 3:
                decoder.stop()

    threads = [threading.Thread(target=take, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert sorted(made) == ["0", "2", "4"]


def test_stopping_wakes_a_thread_that_has_nothing_to_do(decoder: Decoder) -> None:
    thread = threading.Thread(target=lambda: list(decoder.work()), daemon=True)
    thread.start()
    decoder.stop()
    thread.join(5)
    assert not thread.is_alive()
