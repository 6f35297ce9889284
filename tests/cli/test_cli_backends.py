"""`cutline backends`: what can be asked, and its limits."""

from pathlib import Path

import pytest

from cutline.core.backends import ids
from helpers.command import Cutline
from helpers.little_photos import jpeg

KEYS = {"id", "name", "needs_key", "local", "formats", "max_bytes", "languages", "requests_per_minute", "gives"}


def test_records(cutline: Cutline) -> None:
    result = cutline("backends", "--json")
    assert (result.status, result.err) == (0, "")
    assert all(set(record) == KEYS for record in result.records)
    found = {record["id"]: record for record in result.records}
    assert set(found) == {"imagedescriber", "imgtags", "offline", "openai"}
    assert (found["offline"]["needs_key"], found["offline"]["local"]) == (False, True)
    service = found["imagedescriber"]
    assert (service["needs_key"], service["local"], service["requests_per_minute"]) == (True, False, 30)
    assert service["languages"] == ["en", "zh", "fr", "de", "es", "ja", "ko"]
    assert service["gives"] == ["title", "description", "tags"]
    assert service["max_bytes"] * 4 / 3 < 4_000_000


def test_the_table_names_them_all(cutline: Cutline) -> None:
    result = cutline("backends")
    for word in ("imagedescriber", "imgtags", "offline", "this machine", "a service", "no limit"):
        assert word in result.out


def test_one_that_cannot_be_made_is_reported_and_the_others_are_listed(cutline: Cutline) -> None:
    result = cutline("backends", "--json", "--set", "backends.imgtags.base_url=nonsense")
    assert result.status == 0
    assert {record["id"] for record in result.records} >= {"imagedescriber", "offline"}
    assert "imgtags" in {record["id"] for record in result.records} or "base_url" in result.sentence


PLUG_INS = """
CUTLINE_API = 1
import cutline.core.keys as keys
from cutline.core.backends import offline

class Half:
    id, name = "half", "Half"
    def close(self): pass

class Tiny:
    def __init__(self, inner): self._inner, self.id, self.name = inner, "whole", "Whole"
    def __getattr__(self, name): return getattr(self._inner, name)

def raises(settings, key): raise ZeroDivisionError("by\\nnothing")
def tells(settings, key): raise RuntimeError(f"bad key {key()}")
def nothing(settings, key): return None
def half(settings, key): return Half()
def whole(settings, key): return Tiny(offline.create(settings, key))
"""
BROKEN = {
    "raises": "broken_plug_ins:raises",
    "tells": "broken_plug_ins:tells",
    "nothing": "broken_plug_ins:nothing",
    "half": "broken_plug_ins:half",
    "missing": "broken_plug_ins:missing",
    "absent": "no_such_module_anywhere:create",
    "number": "math:pi",
}
SECRET = "sk-plugged-in-and-told"


@pytest.fixture
def _plug_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken plug-ins and a whole one, installed as any package is."""
    (tmp_path / "broken_plug_ins.py").write_text(PLUG_INS)
    metadata = tmp_path / "broken_plug_ins-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-plug-ins\nVersion: 1\n")
    points = {**BROKEN, "whole": "broken_plug_ins:whole"}
    lines = [f"{name} = {where}" for name, where in points.items()]
    (metadata / "entry_points.txt").write_text("\n".join(["[cutline.backends]", *lines, ""]))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("CUTLINE_TELLS_KEY", SECRET)


@pytest.mark.usefixtures("_plug_ins")
@pytest.mark.parametrize("form", [["--json"], []])
def test_broken_plug_ins_are_reported_and_never_stop_the_others(cutline: Cutline, form: list[str]) -> None:
    result = cutline("backends", *form)
    assert result.status == 0
    complaints = result.err.splitlines()
    assert len(complaints) == len(BROKEN)
    for name in BROKEN:
        (line,) = [line for line in complaints if f"“{name}”" in line]
        assert "cannot be used (" in line
        assert line.endswith("mend or remove the plug-in.")
    for name in ("imagedescriber", "imgtags", "offline", "whole"):
        assert name in result.out
    assert SECRET not in result.out + result.err


@pytest.mark.usefixtures("_plug_ins")
def test_a_broken_plug_in_is_wrong_usage_only_where_it_is_chosen(cutline: Cutline, tmp_path: Path) -> None:
    photo = jpeg(tmp_path / "a.jpg")
    for name in BROKEN:
        result = cutline("tag", photo, "--backend", name)
        assert (result.status, f"“{name}” cannot be used" in result.sentence) == (2, True)
    keys = cutline("keys", "status")
    assert (keys.status, keys.err) == (0, "")
    assert len(keys.out.splitlines()) == len(ids()) > len(BROKEN) + 3
    assert "“raises” cannot be used (ZeroDivisionError: by\\nnothing)" in keys.out
    assert cutline("tag", photo, "--backend", "whole").status == 0
    assert SECRET not in keys.out
