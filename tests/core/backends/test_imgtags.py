"""imgtags, as its documents have it, and as it may be on a bad day."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cutline.core.backends import create
from cutline.core.backends.base import Request
from cutline.core.backends.imgtags import title_of
from cutline.core.errors import AuthError, BackendError, BadAnswer, RateLimited, Rejected, ServerError
from cutline.core.photo import Caption, Suggestion
from cutline.core.settings import Settings, changed
from helpers.asking import KEY, FastControl, SmallUpload, ask, imgtags
from helpers.imgtags_service import ImgtagsService
from helpers.service import answering


def answered(document: object, http_status: int = 200) -> Suggestion:
    with ImgtagsService(KEY) as service:
        service.faults += [answering(document, http_status)] * 5
        control = FastControl()
        return ask(imgtags(service.base_url, control), control)


def good(tags: object = ("sky",), description: object = "One. Two.", **more: Any) -> dict[str, Any]:
    return {"success": True, "data": {"tags": tags, "description": description} | more, "meta": {"tokens_used": 3}}


def test_a_suggestion_with_everything_the_service_says() -> None:
    with ImgtagsService(KEY) as service:
        found = ask(imgtags(service.base_url))
        request = service.requests[0]
    assert found.caption == Caption(
        "A plain picture of 60 by 40 pixels",
        "A plain picture of 60 by 40 pixels. It shows one colour.",
        ("Landscape", "test picture"),
    )
    assert found.details == {
        "colors": {"dominant": found.details["colors"]["dominant"], "palette": ["#FF6B35", "#004E89"]},
        "scene": "indoor",
        "mood": "peaceful",
        "safe_search": {"adult": "VERY_UNLIKELY", "violence": "UNLIKELY"},
        "dimensions": {"orientation": "landscape"},
        "tokens_used": 1250,
        "processing_time_ms": 12,
    }
    assert request.path == "/api/v1/analyze"
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")


def test_objects_are_kept() -> None:
    assert answered(good(objects=["boat", {"name": "dog"}])).details["objects"] == ["boat", {"name": "dog"}]


@pytest.mark.parametrize(
    ("mime", "name"),
    [
        ("image/jpeg", "photo.jpg"),
        ("image/png", "photo.png"),
        ("image/gif", "photo.gif"),
        ("image/webp", "photo.webp"),
    ],
)
def test_every_format_and_never_the_files_own_name(mime: str, name: str) -> None:
    with ImgtagsService(KEY) as service:
        backend = imgtags(service.base_url)
        backend.ask(SmallUpload(mime), Request(Path("my divorce.jpg")), FastControl())
        backend.close()
        assert service.names == [name]
        assert b"divorce" not in service.requests[0].body
    assert mime in backend.info.formats


def test_the_largest_upload_it_allows_is_taken() -> None:
    class Large(SmallUpload):
        data = b""

    info = imgtags("https://x.example").info
    assert info.max_bytes is not None
    upload = Large()
    upload.data = SmallUpload().data.ljust(info.max_bytes, b"\0")
    with ImgtagsService(KEY) as service:
        backend = imgtags(service.base_url)
        assert backend.ask(upload, Request(Path("x.jpg")), FastControl()).caption.tags
        upload.data += b"\0"
        with pytest.raises(Rejected, match="may not be greater than 10 MB"):
            backend.ask(upload, Request(Path("x.jpg")), FastControl())
        backend.close()


def test_made_from_settings_by_its_entry_point() -> None:
    with ImgtagsService(KEY, auth="x-api-key") as service:
        settings = changed(Settings(), "backends.imgtags.base_url", service.origin)
        settings = changed(settings, "backends.imgtags.auth", "x-api-key")
        backend = create("imgtags", settings, lambda: KEY)
        assert ask(backend).caption.tags
    assert (backend.info.needs_key, backend.info.local, backend.info.requests_per_minute) == (True, False, 60)
    assert backend.info.languages == ("en",)
    assert backend.fingerprint(Request(Path("a"))) == backend.fingerprint(Request(Path("b")))


def test_a_wrong_key() -> None:
    with ImgtagsService("other") as service, pytest.raises(AuthError, match=r"“Invalid API key” \(code UNAUTHORIZED\)"):
        ask(imgtags(service.base_url))


def test_a_picture_that_breaks_the_rules() -> None:
    document = {"message": "The given data was invalid.", "errors": {"image": ["Too large.", "No image."], "url": []}}
    with pytest.raises(Rejected) as error:
        answered(document, 422)
    assert "“The given data was invalid. Too large. No image. url”" in str(error.value)


@pytest.mark.parametrize("http_status", [200, 400, 500])
def test_a_failed_analysis_is_known_by_its_code(http_status: int) -> None:
    document = {"success": False, "error": {"code": "ANALYSIS_FAILED", "message": "Could not look."}}
    with pytest.raises(ServerError, match=r"“Could not look\.” \(code ANALYSIS_FAILED\)"):
        answered(document, http_status)


@pytest.mark.parametrize("http_status", [200, 429])
def test_asking_too_often_is_known_by_its_code(http_status: int) -> None:
    error = {"code": "RATE_LIMIT_EXCEEDED", "message": "60 a minute", "type": "minute", "limit": 60, "reset": "?"}
    with pytest.raises(RateLimited, match="60 a minute"):
        answered({"success": False, "error": error}, http_status)


def test_no_success_with_200_is_no_success() -> None:
    with pytest.raises(Rejected, match="“Odd”"):
        answered({"success": False, "error": {"code": "ODD", "message": "Odd"}})
    with pytest.raises(Rejected):
        answered(good() | {"success": False})


def test_its_own_limiter_is_waited_for() -> None:
    control = FastControl()
    with ImgtagsService(KEY, limit=1, window=0.5) as service:
        backend = imgtags(service.base_url, control)
        for _ in range(2):
            backend.ask(SmallUpload(), Request(Path("x.jpg")), _Hasty(control, service))
        backend.close()
        assert service.rejections == 1


class _Hasty(FastControl):
    """Waits on the tests' clock, and lets the service's window pass meanwhile."""

    def __init__(self, control: FastControl, service: ImgtagsService) -> None:
        super().__init__()
        self._control, self._service = control, service

    def wait(self, seconds: float) -> None:
        self._service.window = 0
        self._control.wait(seconds)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"success": True},
        {"success": True, "data": None},
        {"success": True, "data": []},
        {"success": True, "data": {}},
        {"success": True, "data": {"scene": "x"}},
        [],
        "ok",
        None,
        1,
    ],
)
def test_an_answer_without_its_parts_is_no_answer(document: object) -> None:
    with pytest.raises(BadAnswer, match="imgtags sent an answer without the tags and description it promises"):
        answered(document)


def test_an_answer_that_says_nothing() -> None:
    with pytest.raises(BadAnswer, match="without a title, description or tags"):
        answered(good([], ""))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"tags": "a, b", "description": None}, Caption("", "", ("a", "b"))),
        ({"tags": None, "description": "Only this"}, Caption("Only this", "Only this", ())),
        ({"tags": [[1, ["x"]]], "description": ["A.", "B."]}, Caption("A", "A. B.", ("1", "x"))),
        ({"description": "D"}, Caption("D", "D", ())),
        ({"tags": ["t"]}, Caption("", "", ("t",))),
    ],
)
def test_odd_shapes(data: dict[str, Any], expected: Caption) -> None:
    assert answered({"success": True, "data": data, "meta": 7}).caption == expected


@pytest.mark.parametrize(
    ("description", "title"),
    [
        ("", ""),
        ("A dog.", "A dog"),
        ("A dog on a beach. It runs.", "A dog on a beach"),
        ("What a dog! It runs.", "What a dog!"),
        ("Is it a dog? Yes.", "Is it a dog?"),
        ("Version 2.5 of a dog. Runs.", "Version 2.5 of a dog"),
        ("A dog\nruns. Fast.", "A dog runs"),
        ("東京の夜。とても明るい。", "東京の夜"),
        ("x" * 100, "x" * 70),
        ("word " * 30, ("word " * 14).strip()),
        ("a" * 70 + " b", "a" * 70),
        ("a" * 71 + " b", "a" * 70),
        ("a, " * 40, "a, " * 22 + "a, a"),
    ],
)
def test_a_title_is_made_of_the_description(description: str, title: str) -> None:
    if description.startswith("a, "):
        assert title_of(description) == title.rstrip(", ")[: len(title_of(description))]
        assert title_of(description).endswith("a")
    else:
        assert title_of(description) == title


@given(st.text(max_size=300))
def test_a_title_is_never_longer_than_70_characters_and_on_one_line(description: str) -> None:
    title = title_of(description)
    assert len(title) <= 70
    assert "\n" not in title
    assert title == title.strip()


def test_errors_are_backend_errors() -> None:
    with pytest.raises(BackendError):
        answered({"success": False}, 418)
