"""Logs are keys, one JSON object a line; no patient field ever goes in."""

import logging
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TextIO, cast

import structlog

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
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", _Unfailing(sys.stdout))),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(part=part)
    warnings.showwarning = _told


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
    place = "/".join(Path(filename).parts[-2:])
    structlog.get_logger().warning("library.warned", category=category.__name__, place=f"{place}:{lineno}")
