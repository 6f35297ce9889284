"""What a run costs: told before, kept to, and told afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.command import Cutline, Result
from helpers.imagedescriber_service import ImagedescriberService
from helpers.imgtags_service import ImgtagsService
from helpers.little_photos import jpeg

KEY = "sk-0123456789"


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for backend in ("IMAGEDESCRIBER", "IMGTAGS"):
        monkeypatch.setenv(f"CUTLINE_{backend}_KEY", KEY)


@pytest.fixture
def service() -> Iterator[ImagedescriberService]:
    with ImagedescriberService(KEY) as service:
        yield service


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "photos"
    made.mkdir()
    for number in range(6):
        jpeg(made / f"{number}.jpg", 60 + number, 40)
    return made


def tag(cutline: Cutline, base_url: str, *words: str | Path, backend: str = "imagedescriber") -> Result:
    sets = [f"base_url={base_url}", "requests_per_minute=6000"]
    given = [word for setting in sets for word in ("--set", f"backends.{backend}.{setting}")]
    return cutline("tag", "--backend", backend, "--json", *given, *words)


def test_an_estimate_asks_nobody(cutline: Cutline, service: ImagedescriberService, folder: Path) -> None:
    tag(cutline, service.base_url, folder / "0.jpg", folder / "1.jpg")
    priced = ("--set", "backends.imagedescriber.price_per_credit=0.25")
    asked = len(service.requests)
    result = tag(cutline, service.base_url, folder, "--estimate", *priced)
    assert (result.status, len(service.requests)) == (0, asked)
    assert result.record == {
        "photos": 6, "skipped": 0, "answered": 2, "asked": 4, "exact": True, "credits": 4.0, "tokens": None,
        "money": 1.0, "currency": "USD", "seconds": pytest.approx(0.04), "host": "127.0.0.1",
    }  # fmt: skip
    text = cutline("tag", folder, "--estimate", "--backend", "imagedescriber").out
    assert text == (
        "6 photos: 2 answered before, 4 to ask at api.imagedescriber.app (about 4 credits, 8 s)."
        " Each picture goes there as a small copy without metadata.\n"
    )


def test_an_estimate_needs_no_key_and_counts_what_lacks_nothing(
    cutline: Cutline, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUTLINE_IMGTAGS_KEY")
    for name in ("0", "1"):
        cutline("write", folder / f"{name}.jpg", "--title", "T", "--description", "D", "--tag", "x")
    result = cutline("tag", folder, "--estimate", "--backend", "imgtags", "--policy", "fill")
    assert "6 photos: 2 with nothing missing, 4 to ask at www.imgtags.com (about 4 s)." in result.out
    assert cutline("tag", folder, "--estimate").out == "6 photos: 6 to look at on this machine.\n"


def test_an_estimate_names_what_cannot_be_looked_at(cutline: Cutline, folder: Path) -> None:
    result = cutline("tag", folder, folder / "gone.jpg", "--estimate")
    assert (result.status, "gone.jpg" in result.err) == (1, True)
    assert "6 photos" in result.out


def test_a_budget_stops_the_run_and_a_larger_one_lets_it_go_on(
    cutline: Cutline, service: ImagedescriberService, folder: Path
) -> None:
    result = tag(cutline, service.base_url, folder, "--max-cost", "3")
    assert result.status == 3
    assert sorted(r["status"] for r in result.records) == ["cancelled"] * 2 + ["failed"] + ["written"] * 3
    (failed,) = [r for r in result.records if r["status"] == "failed"]
    assert failed["error"]["code"] == "quota"
    assert "The budget of 3 credits is used up; go on with a higher one." in failed["error"]["message"]
    assert len(service.requests) == 3
    again = tag(cutline, service.base_url, folder, "--max-cost", "100")
    assert (again.status, len(service.requests)) == (0, 6)


def test_money_is_told_where_a_price_is_set(cutline: Cutline, service: ImagedescriberService, folder: Path) -> None:
    priced = ("--set", "backends.imagedescriber.price_per_credit=0.5", "--set", "currency=EUR")
    result = tag(cutline, service.base_url, folder, *priced, "--max-cost", "1 EUR")
    assert result.status == 3
    assert "(about 6 credits (3.00 EUR), 0 s)" in result.err
    assert "Credits: 2 used (1.00 EUR), 998 left." in result.err


def test_tokens_are_money_too(cutline: Cutline, folder: Path) -> None:
    with ImgtagsService(KEY) as service:
        priced = ("--set", "backends.imgtags.price_per_million_tokens=1000")
        result = tag(cutline, service.base_url, folder, *priced, backend="imgtags")
    assert result.status == 0
    (total,) = [line for line in result.err.splitlines() if "Cost: " in line]
    assert total.endswith("USD).")
    assert " tokens (" in total


def test_a_wrong_budget_is_wrong_usage(cutline: Cutline, folder: Path) -> None:
    result = cutline("tag", folder, "--max-cost", "a lot")
    assert (result.status, "a lot" in result.sentence) == (2, True)
