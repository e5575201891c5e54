"""Whether this machine's clock is kept by a time server, as chrony or, without it, the kernel says (LOG-04).

chrony knows its server and how far it is off; the kernel knows only whether anybody keeps its clock.
"""

import ctypes
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

ClockState = Literal["synchronised", "unsynchronised", "unknown"]

_CHRONYC: Final = ("chronyc", "-n", "-c", "tracking")
_ANSWER_SECONDS: Final = 3.0
_FIELDS: Final = 14
_SERVER, _STRATUM, _OFF, _LEAP = 1, 2, 4, 13
_NOT_SYNCHRONISED: Final = "Not synchronised"
_STA_UNSYNC: Final = 0x40
_TIME_ERROR: Final = 5
_TOO_LONG: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Timekeeping:
    """What is known; ``off_seconds`` is how far the clock is from its server's, None where nobody says so."""

    state: ClockState
    source: Literal["chrony", "kernel", ""] = ""
    server: str = ""
    off_seconds: float | None = None


@dataclass(frozen=True)
class Unkept:
    """Since when nobody keeps a clock, and whether that was told; a machine that has just started is no alarm."""

    since: datetime | None = None
    told: bool = False

    def after(self, state: ClockState, *, at: datetime) -> "Unkept":
        """How it is by what the machine says now; one that says nothing changes nothing."""
        if state == "unknown":
            return self
        if state == "synchronised":
            return Unkept()
        since = self.since or at
        return Unkept(since, told=self.told or at - since >= _TOO_LONG)


def read() -> Timekeeping:
    """As it is now; unknown where neither chrony nor the kernel tells."""
    return _by_chrony() or _by_kernel() or Timekeeping("unknown")


def _by_chrony() -> Timekeeping | None:
    program = shutil.which(_CHRONYC[0])
    if program is None:
        return None
    try:
        told = subprocess.run(
            [program, *_CHRONYC[1:]], capture_output=True, text=True, timeout=_ANSWER_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):  # it is installed and does not run
        return None
    return tracking(told.stdout)


def tracking(told: str) -> Timekeeping | None:
    """What ``chronyc -c tracking`` says; None where that is no such answer."""
    fields = told.strip().split(",")
    try:
        stratum, off = int(fields[_STRATUM]), abs(float(fields[_OFF]))
    except (IndexError, ValueError):
        return None
    if len(fields) < _FIELDS or fields[_LEAP] == _NOT_SYNCHRONISED or not stratum:
        return Timekeeping("unsynchronised", "chrony")
    return Timekeeping("synchronised", "chrony", fields[_SERVER], off)


class _Timex(ctypes.Structure):
    """The kernel's ``struct timex`` (adjtimex(2)); nothing is set while ``modes`` is 0."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("more", ctypes.c_long * 32),
    )


def _by_kernel() -> Timekeeping | None:
    if sys.platform != "linux":
        return None
    try:
        ask = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    told = _Timex()
    verdict = ask(ctypes.byref(told))
    if verdict < 0:  # a container may not ask
        return None
    off = verdict == _TIME_ERROR or bool(told.status & _STA_UNSYNC)
    return Timekeeping("unsynchronised" if off else "synchronised", "kernel")
