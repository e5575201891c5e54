"""Logs are keys, one JSON object a line; no patient field ever goes in."""

import logging
import os
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger
from typing_extensions import override

from dokuei.errors import DokueiError

LEVEL_VARIABLE: Final = "DOKUEI_LOG_LEVEL"  # "debug" says more; what it says is held to the same rule

# Libraries that would print what passes through them: DIMSE datasets, SQL parameters, URLs with UIDs.
_QUIET = ("pynetdicom", "pydicom", "httpx", "httpcore", "sqlalchemy", "pyhanko", "alembic", "asyncio")


class _Unfailing:
    """A stream whose failures nobody hears of: a log on a full disk must not end whoever writes it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def configure_logs(*, part: str) -> None:
    """Send structured logs of this process to standard output."""
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    root = logging.getLogger()
    if not any(isinstance(handler, _Library) for handler in root.handlers):
        root.addHandler(_Library(logging.WARNING))
    debug = os.environ.get(LEVEL_VARIABLE, "").lower() == "debug"
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_where,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Unfailing(sys.stdout))),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(part=part)
    warnings.showwarning = _told


class _Library(logging.Handler):
    """What a library logs: which and from where, for its text quotes what it is about."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        place = f"{_short(record.pathname)}:{record.lineno}"
        level = record.levelname.lower()
        structlog.get_logger().warning("library.said", library=record.name, said=level, place=place)


def _tell_where(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A traceback without the words of errors that are not ours: those quote values, which may be a patient's."""
    raised = event.pop("exc_info", None)
    error = _error_of(raised)
    if error is not None:
        event["exception"] = "\n".join(_lines(error))
    return event


def _error_of(raised: object) -> BaseException | None:
    """What ``exc_info`` stands for: an error, or that the one in hand is meant."""
    if isinstance(raised, BaseException):
        return raised
    return sys.exc_info()[1] if raised else None


def _lines(error: BaseException) -> Iterator[str]:
    """The cause first, as Python prints it."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines(before)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {_short(frame.filename)}:{frame.lineno} {frame.name}"
    kind = type(error)
    number = f" {error.errno}" if isinstance(error, OSError) else ""
    yield f"{kind.__module__}.{kind.__qualname__}{number}{f': {error}' if isinstance(error, DokueiError) else ''}"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _lines(one)


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-2:])


def _told(  # noqa: PLR0917 - as Python calls it
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Which warning and from where: its text quotes what it is about, which may be a patient's."""
    del message, file, line
    place = f"{_short(filename)}:{lineno}"
    structlog.get_logger().warning("library.warned", category=category.__name__, place=place)
