"""Vision models behind the OpenAI protocol: what is sent, what is made of the answers, and the ways down the ladder."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cutline.core import picture
from cutline.core.backends.base import Request
from cutline.core.backends.openai import SIDE, Openai, create, response_format
from cutline.core.control import Control
from cutline.core.errors import AuthError, BadAnswer, Cancelled, ConfigError, KeyStoreError, Rejected, Unreachable
from cutline.core.photo import Caption, Suggestion
from cutline.core.settings import OpenaiSettings, Settings
from helpers.asking import KEY, FastControl, SmallUpload, ask, openai
from helpers.chat_service import ChatService, refusal
from helpers.service import Refusal, answering, silent, status

FOUND = Caption("A picture 60 by 40", "A picture 60 by 40.", ("red", "landscape"), "A picture 60 by 40, all of it red.")


def test_a_suggestion_with_all_four_fields() -> None:
    with ChatService() as service:
        found = ask(openai(service.base_url, model="seer"))
        assert [arrival.path for arrival in service.requests] == ["/v1/chat/completions"]
        assert "authorization" not in service.requests[0].headers
        body = service.bodies[0]
    tokens = {"tokens_used": 760, "prompt_tokens": 700, "completion_tokens": 60}
    assert found == Suggestion(FOUND, "openai", model="seer", request_id="chatcmpl-1", details=tokens)
    assert body["temperature"] < 0.5
    assert body["response_format"] == response_format(50)
    assert '"alt_text"' in service.prompts[0]
    assert "English" in service.prompts[0]


@pytest.mark.parametrize(("lang", "name"), [("de", "German"), ("pt-BR", "Brazilian Portuguese"), ("zh", "Chinese")])
def test_the_language_is_named_in_the_prompt(lang: str, name: str) -> None:
    with ChatService() as service:
        ask(openai(service.base_url, model="seer"), lang=lang)
        assert name in service.prompts[0]
        assert "English" not in service.prompts[0]


def test_every_language_may_be_asked_for() -> None:
    assert openai("http://127.0.0.1:1").info.languages == ()


def test_the_upload_is_as_large_as_models_use_and_brings_no_metadata(tmp_path: Path) -> None:
    path = tmp_path / "secret name.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (3000, 2000), "green").save(path, exif=exif)
    with ChatService() as service:
        backend = openai(service.base_url, model="seer")
        upload = picture.Upload(path, backend.info, Settings().upload)
        found = backend.ask(upload, Request(path), FastControl())
        backend.close()
        assert service.sides == [SIDE] == [1024]
        assert "secret name" not in service.prompts[0]
    assert found.caption.tags == ("green", "portrait")


def test_more_tags_than_asked_for_are_cut() -> None:
    with ChatService() as service:
        service.faults.append(service.saying(json.dumps({"tags": [f"word {n}" for n in range(90)]})))
        backend = openai(service.base_url, model="seer")
        found = backend.ask(SmallUpload(), Request(Path("x.jpg"), max_tags=7), FastControl())
        backend.close()
    assert found.caption.tags == tuple(f"word {n}" for n in range(7))


def test_the_only_model_is_taken_and_asked_for_once() -> None:
    with ChatService(models=["nomic-embed-text", "llava:7b"]) as service:
        backend = openai(service.base_url)
        for _ in range(2):
            assert backend.ask(SmallUpload(), Request(Path("x.jpg")), FastControl()).model == "llava:7b"
        backend.close()
        assert [arrival.path for arrival in service.requests] == ["/v1/models", *["/v1/chat/completions"] * 2]


def test_a_choice_of_models_is_the_persons() -> None:
    with ChatService(models=["llava:7b", "qwen2.5vl"]) as service, pytest.raises(ConfigError) as error:
        ask(openai(service.base_url))
    assert "has several models: llava:7b, qwen2.5vl; choose one" in str(error.value)
    assert "--set backends.openai.model=llava:7b" in str(error.value)


def test_of_many_models_some_are_named() -> None:
    with ChatService(models=[f"m{n}" for n in range(300)]) as service, pytest.raises(ConfigError, match="288 more"):
        ask(openai(service.base_url))


@pytest.mark.parametrize("models", [None, (), ("text-embedding-3",)])
def test_no_model_at_all(models: tuple[str, ...] | None) -> None:
    with ChatService(models=models) as service, pytest.raises(ConfigError, match="has no model yet; load one"):
        ask(openai(service.base_url))


@pytest.mark.parametrize("listed", [[], "x", {"data": 7}, {"models": 1, "data": "x"}])
def test_a_list_of_models_that_is_none(listed: object) -> None:
    with ChatService() as service:
        service.faults.append(answering(listed))
        with pytest.raises(BadAnswer, match=r"sent no list of its models; name one with the setting backends\.openai"):
            ask(openai(service.base_url))


def test_ollama_that_is_not_running() -> None:
    settings = Settings()
    assert settings.backends.openai.base_url == "http://127.0.0.1:11434/v1"
    backend = create(settings, lambda: None)
    party = backend._service.party
    assert party.name == "Ollama"
    assert party.wake.startswith("start it with “ollama serve”, or check the setting backends.openai.base_url")
    assert backend.info.local
    assert not backend.info.needs_key


def test_a_server_that_is_not_running() -> None:
    with ChatService() as service:
        url = service.base_url
    with pytest.raises(Unreachable, match=r"127.0.0.1:\d+ cannot be reached: nothing answers") as error:
        ask(openai(url))
    assert "ollama" not in str(error.value)
    assert error.value.stops_run


def test_a_missing_model_is_for_a_person_to_settle() -> None:
    with ChatService() as service, pytest.raises(ConfigError) as error:
        ask(openai(service.base_url, model="llava"))
    assert "has no model llava (“model 'llava' not found”); choose another" in str(error.value)


@pytest.mark.parametrize(
    ("url", "local"), [("http://localhost:1234/v1", True), ("https://openrouter.ai/api/v1", False)]
)
def test_whether_anything_leaves_this_machine(url: str, local: bool) -> None:
    assert openai(url).info.local is local


def test_a_base_url_without_a_path_gets_one() -> None:
    with ChatService() as service:
        assert ask(openai(service.origin)).caption == FOUND


def test_a_key_where_the_server_wants_one() -> None:
    with ChatService(KEY) as service:
        assert ask(openai(service.base_url, key=KEY)).caption == FOUND
        with pytest.raises(
            AuthError, match=r"needs a key, and there is none yet \(“Incorrect API key.*“cutline keys set"
        ):
            ask(openai(service.base_url))
        with pytest.raises(AuthError, match="refuses the key"):
            ask(openai(service.base_url, key="another-key"))


def test_a_key_does_not_leave_the_machine_unprotected() -> None:
    with pytest.raises(
        ConfigError, match=r"use https, or take the key away with “cutline keys delete openai”"
    ) as error:
        ask(openai("http://192.0.2.1:1234/v1", key=KEY))
    assert KEY not in str(error.value)


def locked() -> str | None:
    raise KeyStoreError("The keyring is locked; unlock it and try again.")


def test_a_locked_keyring_keeps_nobody_from_a_server_on_this_machine() -> None:
    with ChatService() as service:
        backend = Openai(OpenaiSettings(base_url=service.base_url), locked)
        assert ask(backend).caption == FOUND
    with pytest.raises(KeyStoreError, match="unlock it"):
        ask(Openai(OpenaiSettings(base_url="https://openrouter.ai/api/v1", model="a"), locked))


def llama_refusal(part: str) -> Refusal:
    message = "The model produced output that does not match the expected peg-native format"
    return Refusal(500, {"error": {"code": 500, "message": message, "type": "server_error"}})


REFUSALS = {
    "openai": lambda part: refusal(400, f"Unsupported value: '{part}' does not support 0.2 with this model."),
    "lm studio": lambda part: Refusal(400, {"error": f"'{part}.type' must be 'text'"}),
    "fastapi": lambda part: Refusal(422, {"detail": [{"loc": ["body", part], "msg": "Extra inputs"}]}),
    "detail": lambda part: Refusal(501, {"detail": f"{part} is not implemented"}),
    "deepseek": lambda part: Refusal(400, {"error": {"message": f"This {part} type is unavailable now"}}),
    "message": lambda part: Refusal(400, {"message": f"unknown field {part}"}),
}


@pytest.mark.parametrize("shape", REFUSALS)
@pytest.mark.parametrize("part", ["response_format", "temperature", "max_tokens"])
def test_what_a_server_does_not_take_is_left_out_and_that_is_remembered(part: str, shape: str) -> None:
    with ChatService(lacks=[part]) as service:
        service.refuse = REFUSALS[shape]
        backend = openai(service.base_url, model="seer")
        for _ in range(2):
            assert backend.ask(SmallUpload(), Request(Path("x.jpg")), FastControl()).caption == FOUND
        backend.close()
        assert len(service.requests) == 3
        assert all(part not in body for body in service.bodies)


def test_a_server_that_takes_nothing_but_the_question() -> None:
    with ChatService(lacks=["response_format", "temperature", "max_tokens"]) as service:
        assert ask(openai(service.base_url, model="seer")).caption == FOUND
        assert set(service.bodies[0]) == {"model", "messages", "stream"}


def test_a_format_that_llama_cpp_fails_at() -> None:
    with ChatService(lacks=["response_format"]) as service:
        service.refuse = llama_refusal
        control = FastControl()
        assert ask(openai(service.base_url, model="seer"), control).caption == FOUND
        assert len(service.requests) == 2
        assert control.waits == []


def test_a_refusal_that_leaving_out_does_not_help() -> None:
    with ChatService() as service:
        service.faults += [answering({"error": "response_format is wrong"}, 400)] * 2
        with pytest.raises(Rejected, match="does not take response_format: “response_format is wrong”"):
            ask(openai(service.base_url, model="seer"))
        assert ask(openai(service.base_url, model="seer")).caption == FOUND
        assert "response_format" in service.bodies[0]


def test_plain_text_is_understood_too() -> None:
    with ChatService() as service:
        service.faults.append(status(400, body=b"unknown field response_format"))
        assert ask(openai(service.base_url, model="seer")).caption == FOUND


def test_a_fingerprint_is_model_prompt_context_and_number_of_tags(tmp_path: Path) -> None:
    def fingerprint(
        request: Request | None = None, base_url: str = "http://127.0.0.1:1", model: str = "a", **more: Any
    ) -> str:
        backend = openai(base_url, model=model, **more)
        return backend.fingerprint(request or Request(Path("x.jpg")))

    first = fingerprint()
    tagged = Request(tmp_path / "renamed.jpg", existing=Caption(tags=("sky",)))
    assert fingerprint(tagged) == fingerprint(tagged, base_url="http://127.0.0.1:2") == first
    others = [
        fingerprint(model="b"),
        fingerprint(prompt="web"),
        fingerprint(context="Wedding"),
        fingerprint(Request(Path("x.jpg"), max_tags=9)),
    ]
    assert len({first, *others}) == 5


def test_a_fingerprint_names_the_servers_only_model() -> None:
    with ChatService(models=["seer"]) as service:
        backend = openai(service.base_url)
        named = openai(service.base_url, model="seer")
        assert backend.fingerprint(Request(Path("x.jpg"))) == named.fingerprint(Request(Path("x.jpg")))
        backend.close()


def test_looking_for_the_model_ends_with_the_run() -> None:
    control = Control()
    with ChatService(models=["seer"]) as service:
        service.faults.append(silent())
        backend = openai(service.base_url)

        def stop_it() -> None:
            while not service.requests:
                service.stopped.wait(0.005)
            control.cancel()

        hand = threading.Thread(target=stop_it)
        hand.start()
        with pytest.raises(Cancelled):
            backend.fingerprint(Request(Path("x.jpg"), control=control))
        hand.join()
        backend.close()


def test_the_context_goes_into_every_prompt() -> None:
    with ChatService() as service:
        ask(openai(service.base_url, model="seer", context="Wedding of Ana and Luis, Lisbon"))
        assert "Wedding of Ana and Luis, Lisbon" in service.prompts[0]
        ask(openai(service.base_url, model="seer"))
        assert "What is known" not in service.prompts[1]


def test_a_prompt_that_is_not_there_is_said_before_anything_is_sent() -> None:
    with pytest.raises(ConfigError, match="archive, family, stock, web"):
        openai("http://127.0.0.1:1", prompt="poetry")
