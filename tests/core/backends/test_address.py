"""Addresses as people type them."""

import pytest

from cutline.core.backends.address import address
from cutline.core.errors import ConfigError

SETTING = "backends.imgtags.base_url"


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/api/v1"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/api/v1"),
        ("http://127.0.0.1:8000/api/v1", "http://127.0.0.1:8000/api/v1"),
        ("  https://x.example/api/v1/ ", "https://x.example/api/v1"),
        ("https://x.example/other//", "https://x.example/other"),
        ("HTTPS://X.Example", "https://x.example/api/v1"),
        ("https://x.example:443/v2", "https://x.example/v2"),
        ("http://[::1]:9/v1", "http://[::1]:9/v1"),
    ],
)
def test_a_base_url_is_completed(typed: str, base: str) -> None:
    assert address(typed, SETTING, "/api/v1").base == base


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "nonsense",
        "api.imagedescriber.app",
        "www.imgtags.com/api/v1",
        "ftp://x.example",
        "file:///etc/passwd",
        "https://",
        "https:///api/v1",
        "http://x.example:99999",
        "http://x.example:0/",
        "http://x.example:port",
        "http://x y.example",
        "http://x.example/a b",
        "http://x.example/api?key=1",
        "http://x.example/api#top",
        "http://[::1",
        "http://x.exam\u202eple/api/v1\x00",
        "https://" + "a" * 5000,
    ],
)
def test_nonsense_is_refused_and_the_setting_named(typed: str) -> None:
    with pytest.raises(ConfigError) as caught:
        address(typed, SETTING, "/api/v1")
    assert str(caught.value).startswith(SETTING)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        address("https://user:hunter2@x.example/api", SETTING, "/api/v1")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "trusted"),
    [
        ("https://x.example", True),
        ("http://127.0.0.1:1", True),
        ("http://127.9.9.9", True),
        ("http://localhost:8000", True),
        ("http://LOCALHOST.:8000", True),
        ("http://[::1]:8000", True),
        ("http://x.example", False),
        ("http://192.168.1.5:11434", False),
        ("http://localhost.example", False),
        ("http://127.0.0.1.example", False),
        ("http://0.0.0.0:80", False),
        ("http://[fe80::1]", False),
    ],
)
def test_a_key_may_go_to_https_and_to_this_machine(typed: str, trusted: bool) -> None:
    assert address(typed, SETTING, "/api/v1").trusted is trusted


def test_the_host_is_named_as_a_person_would() -> None:
    assert address("http://127.0.0.1:8000/x", SETTING, "/").host == "127.0.0.1:8000"
    assert address("https://www.imgtags.com/api/v1", SETTING, "/").host == "www.imgtags.com"
