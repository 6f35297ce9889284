"""`cutline tag URL`: told as JSON, saved where a folder is given, and services that fetch by themselves."""

import csv
from pathlib import Path

import pytest

from cutline.core import metadata
from cutline.core.export import csv_table
from helpers.command import Cutline, Result
from helpers.imagedescriber_service import ImagedescriberService
from helpers.imgtags_service import ImgtagsService
from helpers.little_photos import jpeg
from helpers.web_pictures import WebPictures, picture, showing

KEY = "sk-0123456789"
PRIVATE = ("--set", "allow_private_urls=true")


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for backend in ("IMAGEDESCRIBER", "IMGTAGS"):
        monkeypatch.setenv(f"CUTLINE_{backend}_KEY", KEY)


def tag(cutline: Cutline, backend: str, base_url: str, *words: str | Path) -> Result:
    sets = (f"backends.{backend}.base_url={base_url}", f"backends.{backend}.requests_per_minute=0")
    return cutline("tag", "--json", "--backend", backend, *[w for s in sets for w in ("--set", s)], *words)


def test_a_picture_is_fetched_and_the_answer_told(cutline: Cutline, tmp_path: Path) -> None:
    with ImagedescriberService(KEY) as service, WebPictures() as web:
        web.pages["/a.jpg"] = showing(picture())
        url = f"{web.origin}/a.jpg"
        result = tag(cutline, "imagedescriber", service.base_url, url, *PRIVATE)
        assert KEY not in str(web.requests)
        again = tag(cutline, "imagedescriber", service.base_url, url, *PRIVATE)
        assert len(service.requests) == 1
    record = result.record
    assert (result.status, record["path"], record["status"]) == (0, url, "suggested")
    assert record["title"] == "A picture 60 by 40"
    assert again.record["cached"] is True
    assert list(tmp_path.iterdir()) == []


def test_what_became_of_each_is_a_table_too(cutline: Cutline, tmp_path: Path) -> None:
    table = tmp_path / "results.csv"
    with WebPictures() as web:
        web.pages["/a.jpg"] = showing(picture())
        local = jpeg(tmp_path / "here.jpg")
        words = (f"{web.origin}/a.jpg", f"{web.origin}/gone.jpg", local, "--csv", table, *PRIVATE)
        result = cutline("tag", "--json", *words)
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["path"]: row for row in csv.DictReader(file)}
    assert {path: row["status"] for path, row in rows.items()} == {r["path"]: r["status"] for r in result.records}
    for record in result.records:
        row = rows[record["path"]]
        assert csv_table.plain(row["title"]) == record["title"]
        assert csv_table.plain(row["tags"]) == "; ".join(record["tags"])
        assert bool(row["error"]) == (record["status"] == "failed")
    assert rows[str(local)]["tags"]


def test_a_table_that_cannot_be_meant_is_said_before_anything_is_asked(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "here.jpg")
    before = photo.read_bytes()
    result = cutline("tag", photo, "--csv", photo)
    assert result.status == 2
    assert "is named like a photo" in result.err
    assert photo.read_bytes() == before


def test_with_a_folder_it_is_a_photo_like_any_other(cutline: Cutline, tmp_path: Path) -> None:
    with WebPictures() as web:
        web.pages["/view.jpg"] = showing(picture())
        url = f"{web.origin}/view.jpg"
        local = jpeg(tmp_path / "here.jpg")
        result = cutline("tag", "--json", url, local, "--save-to", tmp_path, *PRIVATE)
    found = {record["path"]: record["status"] for record in result.records}
    assert found == {url: "written", str(local): "written"}
    assert metadata.read(tmp_path / "view.jpg").caption.tags
    assert f"Saved as {tmp_path / 'view.jpg'}." in result.err


def test_one_that_cannot_be_fetched_fails_alone(cutline: Cutline) -> None:
    with WebPictures() as web:
        web.pages["/a.jpg"] = showing(picture())
        result = cutline("tag", "--json", f"{web.origin}/gone.jpg", f"{web.origin}/a.jpg", *PRIVATE)
        private = cutline("tag", "--json", f"{web.origin}/a.jpg")
    assert result.status == 1
    by_state = {record["status"]: record for record in result.records}
    assert by_state["failed"]["error"]["code"] == "unreachable"
    assert by_state["suggested"]["title"]
    assert private.status == 1
    assert "allow_private_urls" in private.record["error"]["message"]


def test_imgtags_is_told_the_address_itself(cutline: Cutline) -> None:
    with ImgtagsService(KEY) as service:
        url = "https://pictures.example/a.jpg?size=2"
        first = tag(cutline, "imgtags", service.base_url, url)
        again = tag(cutline, "imgtags", service.base_url, url)
        assert service.urls == [url]
    assert (first.status, first.record["status"], first.record["path"]) == (0, "suggested", url)
    assert "640 by 480" in first.record["description"]
    assert (again.record["cached"], again.record["title"]) == (True, first.record["title"])


def test_what_is_no_address_is_said_before_anything_is_asked(cutline: Cutline, tmp_path: Path) -> None:
    result = cutline("tag", "https://me:pw@host/a.jpg", jpeg(tmp_path / "a.jpg"))
    assert result.status != 0
    assert "not sent" in result.err
    assert "pw@" not in result.err
