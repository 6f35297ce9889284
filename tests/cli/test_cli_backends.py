"""`cutline backends`: what can be asked, and its limits."""

from helpers.command import Cutline

KEYS = {"id", "name", "needs_key", "local", "formats", "max_bytes", "languages", "requests_per_minute", "gives"}


def test_records(cutline: Cutline) -> None:
    result = cutline("backends", "--json")
    assert (result.status, result.err) == (0, "")
    assert all(set(record) == KEYS for record in result.records)
    found = {record["id"]: record for record in result.records}
    assert set(found) == {"imagedescriber", "imgtags", "offline"}
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
