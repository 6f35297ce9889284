"""What runs of `cutline tag` against the stand-ins of both services have in common."""

import hashlib
from pathlib import Path
from typing import Any

from cutline.cli.guard import Exit
from helpers.command import Result
from helpers.imagedescriber_service import ImagedescriberService
from helpers.imgtags_service import ImgtagsService
from helpers.service import StandIn

KEY = "sk-Vt7-Qx19-live-key"
SERVICES: dict[str, type[StandIn]] = {"imagedescriber": ImagedescriberService, "imgtags": ImgtagsService}


def variable(backend: str) -> str:
    """The environment variable that gives the key."""
    return f"CUTLINE_{backend.upper()}_KEY"


def tag_words(backend: str, base_url: str, *paths: str | Path, parallel: int = 1, timeout: float = 5) -> list[str]:
    """The arguments of a run that does not pace itself."""
    settings = {"base_url": base_url, "requests_per_minute": 0, "parallel": parallel, "timeout": timeout}
    sets = [part for name, value in settings.items() for part in ("--set", f"backends.{backend}.{name}={value}")]
    return ["tag", "--backend", backend, *sets, *(str(path) for path in paths)]


def answer(backend: str, title: object, description: object, tags: object) -> dict[str, Any]:
    """The document of a service that claims success, with any values at all; imgtags sends no title."""
    if backend == "imgtags":
        return {"success": True, "data": {"tags": tags, "description": description}, "meta": {"tokens_used": 7}}
    found = {"tags": tags, "title": title, "description": description}
    data = {"tags": found, "credits": {"amount": 1, "remaining": "9"}}
    return {"code": 0, "message": "success", "request_id": "req-x", "data": data}


def digests(folder: Path) -> dict[str, str]:
    """Every file below `folder` with a digest of its bytes: for “nothing else changed”, and “nothing else is left”."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def check_failure(record: dict[str, Any], code: str) -> None:
    """A failure is told as one clear sentence about its photo, and with its code."""
    assert (record["status"], record["error"]["code"]) == ("failed", code), record
    message = record["error"]["message"]
    assert message.endswith((".", "…”)."))
    assert message.isprintable()
    assert 20 < len(message) < 700
    assert "Traceback" not in message
    assert "Error(" not in message


def by_name(result: Result) -> dict[str, dict[str, Any]]:
    """The records of a run by the names of their files."""
    return {Path(record["path"]).name: record for record in result.records}


STOPPED, SOME_FAILED, DONE = Exit.STOPPED, Exit.SOME_FAILED, Exit.DONE
