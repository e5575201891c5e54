"""Coding one object in a process of its own: for an object that may be what has killed the worker before.

Run as ``python -m dokuei.gateway.code_apart SOURCE TARGET RECEIVED_AT KEEP``; the first line of its input says how to
de-identify (``null``: not at all), the answer is JSON on its output, and it ends when its input does, so that it never
outlives the worker.
"""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final

from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.deidentify import Deidentification
from dokuei.dicom.intake import TakenIn, take_in
from dokuei.dicom.profile import Profile
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import (
    AdmissionError,
    DiskFullError,
    DokueiError,
    IdentityError,
    NotDicomError,
    StorageError,
    TooLargeError,
    TruncatedError,
    UnsupportedError,
)
from dokuei.storage.filesystem import disk_full_told

PROGRAM: Final = ("-m", "dokuei.gateway.code_apart")
_BROKE: Final = "its decoder broke"
_SECONDS: Final = 1800.0
_EXPECTED: Final[tuple[type[DokueiError], ...]] = (
    AdmissionError,
    NotDicomError,
    TruncatedError,
    TooLargeError,
    IdentityError,
    UnsupportedError,
    StorageError,
    DiskFullError,
)
_KINDS: Final = {kind.code: kind for kind in _EXPECTED}


def code_apart(
    source: Path, target: Path, *, received_at: datetime, deidentification: Deidentification | None = None
) -> TakenIn:
    """Code an object as ``take_in`` does; where that kills the process, without decoding anything of it.

    Raises:
        AdmissionError: it is refused, or cannot even be kept.
        DokueiError: it could not be coded now.
    """
    for keep in ("", _BROKE):
        answer = _run(source, target, received_at, keep, _told(deidentification))
        if answer is not None:
            return answer
        target.unlink(missing_ok=True)
    raise AdmissionError(
        "whatever reads this object dies of it",
        phase="coding",
        remedy="The bytes are kept: try it again after an update, and report it.",
    )


def _told(deidentification: Deidentification | None) -> str:
    """As one line for the process's input: the key never stands among its arguments."""
    if deidentification is None:
        return "null\n"
    key = deidentification.pseudonyms.key.hex()
    return json.dumps({"profile": asdict(deidentification.profile), "key": key}) + "\n"


def _heard(line: str) -> Deidentification | None:
    told = json.loads(line)
    if told is None:
        return None
    return Deidentification(Profile(**told["profile"]), Pseudonyms(bytes.fromhex(told["key"])))


def _run(source: Path, target: Path, received_at: datetime, keep: str, told: str) -> TakenIn | None:
    """What the process answers; None where it was killed, by a fault or for taking too long."""
    command: list[str] = [sys.executable, "-P", *PROGRAM, str(source), str(target), received_at.isoformat(), keep]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
    except OSError as error:
        raise StorageError("no process for coding could be started", phase="coding", remedy="free memory") from error
    watch = threading.Timer(_SECONDS, process.kill)
    watch.start()
    try:
        said = _answer_of(process, told)
    finally:
        watch.cancel()
    if process.returncode < 0:
        return None
    if process.returncode:
        raise RuntimeError(f"coding apart ended with {process.returncode}")
    answer = json.loads(said)
    if "coded" in answer:
        return TakenIn(CodedInstance.from_json(answer["coded"]), tuple(answer["warnings"]))
    kind = _KINDS.get(answer["code"], DokueiError)
    raise kind(answer["what"], phase=answer["phase"], remedy=answer["remedy"])


def _answer_of(process: subprocess.Popen[str], told: str) -> str:
    """Its input stays open meanwhile, which is what keeps it alive."""
    with process:
        if process.stdin:
            with suppress(BrokenPipeError):  # it was killed: its return code tells
                process.stdin.write(told)
                process.stdin.flush()
        said = process.stdout.read() if process.stdout else ""
        process.wait()
    return said


def main(source: str, target: str, received_at: str, keep: str) -> None:
    """Code, and answer in one line."""
    how = _heard(sys.stdin.readline())
    threading.Thread(target=_end_with_input, daemon=True).start()
    answer: dict[str, object]
    try:
        with disk_full_told():
            made = take_in(
                Path(source),
                Path(target),
                received_at=datetime.fromisoformat(received_at),
                keep=keep,
                deidentification=how,
            )
        answer = {"coded": made.coded.to_json(), "warnings": made.warnings}
    except DokueiError as error:
        answer = {"code": error.code, "what": error.what, "phase": error.phase, "remedy": error.remedy}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()


def _end_with_input() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
