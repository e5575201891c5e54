"""How far a request has come, for the hospital that asked: it follows from the request's studies and their cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from dokuei.hub.requests.model import ReadingRequest

Status = Literal["active", "on-hold", "completed"]
Because = Literal["", "mismatch", "deferred", "withdrawn"]


@dataclass(frozen=True)
class Progress:
    """Where a request stands: ``because`` is the kind of reason, ``reason`` its words, ``until`` when it is over."""

    status: Status = "active"
    because: Because = ""
    reason: str = ""
    until: datetime | None = None


ACTIVE: Final = Progress()


@dataclass(frozen=True)
class Step:
    """A change of that, which the request's version ``version`` saw."""

    version: int
    at: datetime
    progress: Progress


@dataclass(frozen=True)
class CaseStands:
    """What the worklist says of one study: read, its report withdrawn, or put off for a reason."""

    read: bool = False
    withdrawn: bool = False
    deferred_until: datetime | None = None
    deferred_because: str = ""


_NO_CASE: Final = CaseStands()


def progress_of(request: ReadingRequest, cases: Mapping[str, CaseStands]) -> Progress:
    """Completed where every study of it was read, on hold where a decision is wanting or a case was put off."""
    joined = [one for one in request.links if one.state in {"matched", "mismatch"}]
    wanting = dict.fromkeys(reason for one in joined if one.state == "mismatch" for reason in one.reasons)
    if any(one.state == "mismatch" for one in joined):
        return Progress("on-hold", "mismatch", ",".join(wanting))
    stands = [cases.get(one.study_instance_uid, _NO_CASE) for one in joined]
    if stands and all(one.read for one in stands):
        return Progress("completed")
    put_off = [(one.deferred_until, one.deferred_because) for one in stands if one.deferred_until is not None]
    if put_off:
        until, reason = min(put_off)
        return Progress("on-hold", "deferred", reason, until)
    return Progress("active", "withdrawn") if any(one.withdrawn for one in stands) else ACTIVE


def stands_at(steps: Iterable[Step], version: int) -> tuple[Progress, int]:
    """Where a version stands, and by how many steps it has moved since it was written."""
    before = [one for one in steps if one.version <= version]
    progress = before[-1].progress if before else ACTIVE
    return progress, sum(one.version == version for one in before)
