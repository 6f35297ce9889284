import os
from pathlib import Path

import pytest

from cutline.core.errors import Unreadable
from cutline.core.photo import Photo
from cutline.core.scan import Problem, natural, scan


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def names(root: Path, *paths: Path, recursive: bool = True) -> list[str]:
    return [os.path.relpath(item.path, root) for item in scan(paths or (root,), recursive=recursive)]


def test_folders_in_folders_in_natural_order(tmp_path: Path) -> None:
    for name in ("IMG_10.jpg", "IMG_9.JPG", "b/2.png", "b/c/1.webp", "a/x.tiff", "notes.txt", "d.jpg.bak"):
        touch(tmp_path / name)
    assert names(tmp_path) == ["IMG_9.JPG", "IMG_10.jpg", "a/x.tiff", "b/2.png", "b/c/1.webp"]
    assert names(tmp_path, recursive=False) == ["IMG_9.JPG", "IMG_10.jpg"]


def test_a_named_file_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    assert names(tmp_path, touch(tmp_path / "picture.bin")) == ["picture.bin"]


def test_the_same_photo_is_given_once(tmp_path: Path) -> None:
    photo = touch(tmp_path / "a" / "1.jpg")
    (tmp_path / "link.jpg").symlink_to(photo)
    (tmp_path / "b").symlink_to(tmp_path / "a")
    twice = [photo, photo, tmp_path / "a" / ".." / "a" / "1.jpg", tmp_path / "link.jpg", tmp_path / "b", tmp_path]
    assert names(tmp_path, *twice) == ["a/1.jpg"]


def test_sidecars_named_with_their_photos_are_left_out(tmp_path: Path) -> None:
    given = [touch(tmp_path / name) for name in ("a.jpg", "a.jpg.xmp", "b.cr2", "b.XMP", "c.xmp", "d.jpg.xmp")]
    assert names(tmp_path, *given) == ["a.jpg", "b.cr2", "c.xmp", "d.jpg.xmp"]


def test_the_folder_one_is_in_and_the_root_have_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "a.jpg")
    monkeypatch.chdir(tmp_path)
    assert list(scan([Path(), Path("..", tmp_path.name)])) == [Photo(Path("a.jpg"))]
    assert list(scan([Path("/")], recursive=False)) == []


def test_loops_of_links_are_walked_once(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "1.jpg")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "self.jpg").symlink_to(tmp_path / "a" / "self.jpg")
    found = list(scan([tmp_path]))
    assert found == [Photo(tmp_path / "a" / "1.jpg"), Photo(tmp_path / "a" / "self.jpg")]


def test_a_loop_given_by_name_is_a_problem(tmp_path: Path) -> None:
    loop = tmp_path / "self.jpg"
    loop.symlink_to(loop)
    [problem] = scan([loop])
    assert isinstance(problem, Problem)
    assert isinstance(problem.error, Unreadable)


def test_a_missing_path_is_a_problem_and_the_others_go_on(tmp_path: Path) -> None:
    photo = touch(tmp_path / "1.jpg")
    missing, found = scan([tmp_path / "no\nsuch.jpg", photo])
    assert isinstance(missing, Problem)
    assert "there is no such file" in str(missing.error)
    assert "\n" not in str(missing.error)
    assert found == Photo(photo)


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert list(scan([tmp_path])) == []


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path / ".cutline-x.jpg")
    touch(tmp_path / ".trash" / "1.jpg")
    assert names(tmp_path) == []


def test_an_unreadable_folder_is_a_problem(mortal: Path) -> None:
    touch(mortal / "locked" / "1.jpg")
    (mortal / "locked").chmod(0)
    touch(mortal / "2.jpg")
    photo, problem = scan([mortal])
    (mortal / "locked").chmod(0o700)
    assert isinstance(photo, Photo)
    assert isinstance(problem, Problem)
    assert "cannot be read" in str(problem.error)


@pytest.mark.parametrize("name", [b"space in it.jpg", b"line\nbreak.jpg", "🏔.jpg".encode(), b"\xff\xfe.jpg"])
def test_odd_names_are_found(tmp_path: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))  # noqa: PTH118 - bytes
    path.write_bytes(b"x")
    [photo] = scan([tmp_path])
    assert photo.path == path
    assert isinstance(photo, Photo)
    assert photo.name.isprintable()
    photo.name.encode()


def test_natural_order() -> None:
    assert sorted(["b10", "B9", "a", "10", "9", "²"], key=natural) == ["9", "10", "a", "B9", "b10", "²"]
