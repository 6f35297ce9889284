"""imagedescriber, as its document has it, and as it may be on a bad day."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cutline.core import picture
from cutline.core.backends import create
from cutline.core.backends.base import Request
from cutline.core.errors import AuthError, BackendError, BadAnswer, QuotaError, RateLimited, Rejected, ServerError
from cutline.core.photo import Caption, Credits, Suggestion
from cutline.core.settings import Settings, changed
from helpers.asking import KEY, FastControl, SmallUpload, ask, imagedescriber
from helpers.imagedescriber_service import LANGUAGES, ImagedescriberService, too_often
from helpers.service import answering, status


def answered(document: object, http_status: int = 200) -> Suggestion:
    with ImagedescriberService(KEY) as service:
        service.faults += [answering(document, http_status)] * 5
        control = FastControl()
        return ask(imagedescriber(service.base_url, control), control)


def good(tags: object = ("sky",), title: object = "T", description: object = "D.", **more: Any) -> dict[str, Any]:
    data = {"tags": {"tags": tags, "title": title, "description": description}} | more
    return {"code": 0, "message": "success", "request_id": "req-7", "data": data}


def test_a_suggestion_with_everything_the_service_says() -> None:
    with ImagedescriberService(KEY, credits_left=40) as service:
        found = ask(imagedescriber(service.base_url))
        request = service.requests[0]
    assert found == Suggestion(
        Caption("A picture 60 by 40", "A picture 60 by 40.", ("landscape", "red", "dark", "en")),
        "imagedescriber",
        request_id="req-1",
        credits=Credits(1, 39),
    )
    assert request.path == "/api/v1/generate_tags"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("cutline/")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language(lang: str) -> None:
    with ImagedescriberService(KEY) as service:
        found = ask(imagedescriber(service.base_url), lang=lang)
        assert service.langs == [lang]
    assert found.caption.tags[-1] == lang
    assert "60" in found.caption.title


def test_the_languages_it_names_are_the_services() -> None:
    assert set(imagedescriber("https://x.example").info.languages) == set(LANGUAGES)


@pytest.mark.parametrize("mime", ["image/jpeg", "image/png", "image/webp"])
def test_every_format(mime: str) -> None:
    with ImagedescriberService(KEY) as service:
        assert ask(imagedescriber(service.base_url), mime=mime).caption.title
    assert mime in imagedescriber("https://x.example").info.formats


def test_the_largest_upload_it_allows_is_taken() -> None:
    class Large(SmallUpload):
        data = b""  # a JPEG may carry anything behind its end

    info = imagedescriber("https://x.example").info
    assert info.max_bytes is not None
    upload = Large()
    upload.data = SmallUpload().data.ljust(info.max_bytes, b"\0")
    with ImagedescriberService(KEY) as service:
        backend = imagedescriber(service.base_url)
        assert backend.ask(upload, Request(Path("x.jpg")), FastControl()).caption.tags
        upload.data += b"\0" * 2000
        with pytest.raises(Rejected, match="image is larger than 4 MB"):
            backend.ask(upload, Request(Path("x.jpg")), FastControl())
        backend.close()


def test_a_photo_with_gps_and_rotation_leaves_upright_and_without_metadata(tmp_path: Path) -> None:
    path = tmp_path / "with GPS.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (300, 200), "green").save(path, exif=exif)
    with ImagedescriberService(KEY) as service:
        backend = imagedescriber(service.base_url)
        upload = picture.Upload(path, backend.info, Settings().upload)
        found = backend.ask(upload, Request(path), FastControl())
        backend.close()
    assert found.caption.title == "A picture 200 by 300"


def test_made_from_settings_by_its_entry_point() -> None:
    with ImagedescriberService(KEY) as service:
        settings = changed(Settings(), "backends.imagedescriber.base_url", service.origin)
        backend = create("imagedescriber", settings, lambda: KEY)
        assert ask(backend).request_id == "req-1"
    assert (backend.info.needs_key, backend.info.local, backend.info.requests_per_minute) == (True, False, 30)
    assert backend.info.gives == {"title", "description", "tags"}
    assert backend.fingerprint(Request(Path("a"))) == backend.fingerprint(Request(Path("b"), max_tags=3))


@pytest.mark.parametrize("http_status", [200, 400, 429, 500, 503])
def test_1004_is_asking_too_often_whatever_the_http_status(http_status: int) -> None:
    with ImagedescriberService(KEY) as service:
        service.faults += [too_often("Slow down", http_status)] * 5
        control = FastControl()
        with pytest.raises(RateLimited, match=r"“Slow down” \(code 1004, request req-limit\)") as error:
            ask(imagedescriber(service.base_url, control), control)
        assert len(service.requests) == 5
    assert (error.value.said.code, error.value.said.request_id) == ("1004", "req-limit")


@pytest.mark.parametrize(
    ("http_status", "code", "message", "expected"),
    [
        (200, 401, "no", AuthError),
        (200, "403", "no", AuthError),
        (200, 1001, "Invalid API key", AuthError),
        (401, 1001, "no", AuthError),
        (403, 7, "no", AuthError),
        (200, 402, "no", QuotaError),
        (402, 9, "no", QuotaError),
        (200, 1003, "Insufficient CREDITS", QuotaError),
        (403, 1003, "Your balance is too low", QuotaError),
        (400, 1003, "Not enough credit", QuotaError),
        (200, 1005, "Unsupported image", Rejected),
        (400, 1005, "Unsupported image", Rejected),
        (413, 1005, "Too large", Rejected),
        (200, -1, "Odd", Rejected),
        (200, "E_ODD", "Odd", Rejected),
        (500, 5000, "Try later", ServerError),
        (200, 500, "Try later", ServerError),
    ],
)
def test_a_failure_is_told_by_its_code_and_its_words(
    http_status: int, code: object, message: str, expected: type[BackendError]
) -> None:
    with pytest.raises(BackendError) as error:
        answered({"code": code, "message": message, "request_id": "req-9"}, http_status)
    assert type(error.value) is expected
    assert f"“{message}” (code {code}, request req-9)" in str(error.value)
    assert (error.value.said.code, error.value.said.message) == (str(code), message)


def test_credits_gone_in_the_middle_of_a_run() -> None:
    with ImagedescriberService(KEY, credits_left=1) as service:
        assert ask(imagedescriber(service.base_url)).credits == Credits(1, 0)
        with pytest.raises(
            QuotaError, match=r"The credits of imagedescriber are used up: “Insufficient credits"
        ) as error:
            ask(imagedescriber(service.base_url))
    assert error.value.stops_run


def test_a_wrong_key() -> None:
    with ImagedescriberService("other") as service, pytest.raises(AuthError, match="“Invalid API key”"):
        ask(imagedescriber(service.base_url))


def test_a_wrong_path() -> None:
    with ImagedescriberService(KEY) as service, pytest.raises(BackendError, match=r"is not at http://.*/api/v2"):
        ask(imagedescriber(f"{service.origin}/api/v2"))


@pytest.mark.parametrize(
    ("credits_said", "expected"),
    [
        ({"amount": 1, "remaining": 5}, Credits(1, 5)),
        ({"amount": "2", "remaining": "4.5"}, Credits(2, 4.5)),
        ({"remaining": "none"}, None),
        (None, None),
        ("7", None),
    ],
)
def test_credits_in_every_shape(credits_said: object, expected: Credits | None) -> None:
    assert answered(good(credits=credits_said)).credits == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["Zürich", "東京", "😀"], ("Zürich", "東京", "😀")),
        ("a, b; c\nd", ("a", "b", "c", "d")),
        (2019, ("2019",)),
        (["x", ["y", ["x", 3]]], ("x", "y", "3")),
        (["a\x00\x07", "\x00"], ("a",)),
        (None, ()),
        ([], ()),
        ({"a": 1}, ()),
    ],
)
def test_tags_in_every_shape(tags: object, expected: tuple[str, ...]) -> None:
    assert answered(good(tags)).caption.tags == expected


@pytest.mark.parametrize(
    ("title", "description", "expected"),
    [
        (7, None, Caption("7", "", ("sky",))),
        (["A", "B"], {"x": 1}, Caption("A B", "", ("sky",))),
        ("Line\r\nbreak\x00", "Two\r\nlines\x1b", Caption("Line break", "Two\nlines", ("sky",))),
        (False, True, Caption("", "", ("sky",))),
    ],
)
def test_title_and_description_in_every_shape(title: object, description: object, expected: Caption) -> None:
    assert answered(good(title=title, description=description)).caption == expected


def without(document: Mapping[str, Any], *path: str) -> dict[str, Any]:
    copy = dict(document)
    if len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = without(copy[path[0]], *path[1:])
    return copy


@pytest.mark.parametrize(
    "document",
    [
        without(good(), "data"),
        without(good(), "data", "tags"),
        without(good(), "data", "tags", "tags"),
        {"code": 0, "data": None},
        {"code": 0, "data": []},
        {"code": 0, "data": {"tags": ["a"]}},
        [],
        None,
        "success",
        0,
        True,
    ],
)
def test_an_answer_without_its_parts_is_no_answer(document: object) -> None:
    with pytest.raises(BadAnswer, match=r"imagedescriber sent an answer without the tags it promises"):
        answered(document)


def test_an_answer_without_its_parts_still_tells_its_request() -> None:
    with pytest.raises(BadAnswer) as error:
        answered(without(good(), "data"))
    assert error.value.said.request_id == "req-7"


def test_an_answer_that_says_nothing_about_the_picture() -> None:
    with pytest.raises(BadAnswer, match="imagedescriber answered without a title, description or tags"):
        answered(good(None, "", " "))


def test_a_title_of_a_megabyte() -> None:
    with pytest.raises(BadAnswer, match="more than a photo can hold"):
        answered(good(title="x" * 2**20))


def test_a_code_given_as_text_or_left_out_is_forgiven() -> None:
    assert answered(good() | {"code": "0"}).caption.tags == ("sky",)
    assert answered(without(good(), "code")).caption.tags == ("sky",)


def test_an_error_status_is_an_error_though_the_code_says_success() -> None:
    with pytest.raises(ServerError):
        answered(good(), 500)


def test_a_bare_status_without_a_document() -> None:
    with ImagedescriberService(KEY) as service:
        service.faults.append(status(413))
        with pytest.raises(Rejected, match=r"refuses this picture: HTTP 413 (Request Entity|Content) Too Large"):
            ask(imagedescriber(service.base_url))
