"""A real server: llama.cpp, with a model of our own making that says what it is told, and an eye for pictures."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cutline.core.backends.base import Request
from cutline.core.errors import BackendError, BadAnswer, ConfigError, Rejected
from cutline.core.photo import Caption, Suggestion
from helpers.asking import FastControl, SmallUpload, ask, openai

pytestmark = pytest.mark.needs("libgomp.so.1")  # llama.cpp's wheel does not bring it along

FOUND = {
    "title": "A red square on white",
    "description": "One red square. Nothing else.",
    "tags": ["red", "square", "white ground"],
    "alt_text": "A plain red square.",
}
CAPTION = Caption(
    "A red square on white",
    "One red square. Nothing else.",
    ("red", "square", "white ground"),
    "A plain red square.",
)


@contextmanager
def served(folder: Path, answer: str, *how: str) -> Iterator[str]:
    """The base URL of a server whose model says `answer`."""
    said = folder / "answer.txt"
    said.write_text(answer, encoding="utf-8")
    command = [sys.executable, "-m", "helpers.tiny_llama", str(folder), str(said), *how]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            command, cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, (folder / "log").read_text()
        try:
            yield url
        finally:
            process.stdin.close()
            process.wait(10)


@pytest.fixture(scope="module")
def seeing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("seeing"), json.dumps(FOUND)) as url:
        yield url


def test_a_suggestion_by_its_schema(seeing: str) -> None:
    backend = openai(seeing)
    found = [backend.ask(SmallUpload(), Request(Path("x.jpg")), FastControl()) for _ in range(2)]
    backend.close()
    assert [each.caption for each in found] == [CAPTION] * 2
    assert found[0].model == "tiny"
    assert found[0].details["completion_tokens"] > 20
    assert backend._without == frozenset()


def test_the_picture_reaches_the_model(seeing: str, tmp_path: Path) -> None:
    prompt = tmp_path / "p.txt"
    prompt.write_text("Look.")
    used = ask(openai(seeing, prompt=str(prompt))).details["prompt_tokens"]
    text = json.dumps({"messages": [{"role": "user", "content": "Look."}], "max_tokens": 1})
    reply = httpx.post(f"{seeing}/chat/completions", content=text, trust_env=False)
    assert used > reply.json()["usage"]["prompt_tokens"] + 16


def test_a_picture_it_cannot_decode_is_refused(seeing: str) -> None:
    class Broken(SmallUpload):
        data = b"no picture"

    backend = openai(seeing)
    with pytest.raises(Rejected, match="Failed to load image"):
        backend.ask(Broken(), Request(Path("x.jpg")), FastControl())
    backend.close()


def test_every_number_of_tags_makes_a_grammar_it_takes(seeing: str) -> None:
    for most in (1, 3, 50, 100, 101, 500):
        backend = openai(seeing)
        found = backend.ask(SmallUpload(), Request(Path("x.jpg"), max_tags=most), FastControl())
        backend.close()
        assert backend._without == frozenset(), most
        assert found.caption.tags[:1] == ("red",)
        assert len(found.caption.tags) <= most


def test_a_wrong_address(seeing: str) -> None:
    with pytest.raises(BackendError, match=r"is not at .*/v2.*File Not Found"):
        ask(openai(seeing.replace("/v1", "/v2"), model="tiny"))


def test_a_model_without_an_eye(tmp_path: Path) -> None:
    looking = pytest.raises(ConfigError, match="The model tiny cannot look at pictures")
    with served(tmp_path, json.dumps(FOUND), "--blind") as url, looking:
        ask(openai(url))


def outcome(url: str) -> Suggestion | BackendError:
    try:
        return ask(openai(url, timeout=60))
    except BackendError as error:
        return error


@pytest.mark.parametrize(
    "answer", ["I am sorry, but I cannot help with this picture.", "sea, sky, boat", "{", "<think>"]
)
def test_a_model_that_would_say_something_else_is_held_to_the_schema(answer: str, tmp_path: Path) -> None:
    with served(tmp_path, answer) as url:
        found = outcome(url)
    assert isinstance(found, Suggestion | BadAnswer)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_model_that_talks_at_random(seed: str, tmp_path: Path) -> None:
    with served(tmp_path, "x", "--random", seed) as url:
        found = outcome(url)
    assert isinstance(found, Suggestion | BadAnswer)


def test_what_is_said_without_a_schema_is_understood_too(tmp_path: Path) -> None:
    with served(tmp_path, f"Of course!\n```json\n{json.dumps(FOUND)}\n```") as url:
        backend = openai(url)
        backend._without = frozenset({"response_format"})
        assert ask(backend).caption == CAPTION
