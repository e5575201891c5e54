"""``run/endpoints.json``: where the running programs of a home folder are; it is there only while they answer."""

import json
from pathlib import Path
from typing import Any


def endpoints_file(home: Path) -> Path:
    """Where the running programs say where they are."""
    return home / "run" / "endpoints.json"


def read_endpoints(home: Path) -> dict[str, Any]:
    """What the running programs wrote; empty where none run."""
    return read_whole(endpoints_file(home))


def write_endpoints(home: Path, endpoints: dict[str, Any]) -> None:
    """Write whole or not at all: others wait for this file."""
    write_whole(endpoints_file(home), endpoints)


def remove_endpoints(home: Path) -> None:
    """Nothing answers: whoever waits for the file must not read of an earlier start."""
    endpoints_file(home).unlink(missing_ok=True)


def read_whole(file: Path) -> dict[str, Any]:
    """A JSON object from a file; empty where there is none."""
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found


def write_whole(file: Path, content: dict[str, Any]) -> None:
    """Put a JSON object in a file's place in one step."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    part.replace(file)
