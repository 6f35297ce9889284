"""The document: streamed, and valid JSON whatever is in it."""

import json
import os
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cutline.core.export import json_document
from cutline.core.metadata.model import Reading, Stamp
from cutline.core.photo import Caption

TEXTS = st.text(max_size=20)


def document(photos: list[tuple[Path, Reading]], place: Path) -> dict[str, object]:
    assert json_document.write(photos, place) == len(photos)
    found: dict[str, object] = json.loads(place.read_text("utf-8"))
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.builds(Caption, TEXTS, TEXTS, st.lists(TEXTS).map(tuple), TEXTS), max_size=4))
def test_any_text_comes_back(tmp_path: Path, captions: list[Caption]) -> None:
    photos = [(Path(f"{n}.jpg"), Reading(caption, "png", Stamp(0, 0))) for n, caption in enumerate(captions)]
    assert document(photos, tmp_path / "t.json") == {
        "version": 1,
        "photos": [
            {
                "path": f"{n}.jpg",
                "title": caption.title,
                "description": caption.description,
                "alt_text": caption.alt_text,
                "tags": list(caption.tags),
                "format": "png",
                "sidecar": None,
            }
            for n, caption in enumerate(captions)
        ],
    }


def test_text_is_readable_and_names_that_are_no_text_survive(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(b"caf\xe9.jpg"))
    photos = [
        (Path("Zürich.jpg"), Reading(Caption("東京"), "jpeg", Stamp(0, 0))),
        (odd, Reading(Caption("ü"), "jpeg", Stamp(0, 0), odd)),
    ]
    found = document(photos, tmp_path / "t.json")
    assert "Zürich.jpg" in (tmp_path / "t.json").read_text("utf-8")
    assert "東京" in (tmp_path / "t.json").read_text("utf-8")
    photo = found["photos"][1]  # type: ignore[index]
    assert os.fsencode(photo["path"]) == os.fsencode(photo["sidecar"]) == b"caf\xe9.jpg"
