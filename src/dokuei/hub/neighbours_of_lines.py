"""What lines ask of the archive, and what reports ask of lines."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from dokuei.hub.archive import weights
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.archive.weights import Weight
from dokuei.hub.identity.model import Principal
from dokuei.hub.lines.model import Check, kind_of
from dokuei.hub.lines.service import LinesService
from dokuei.line.judge import Judged
from dokuei.line.sizes import Kind, StudySize

_TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"


@dataclass(frozen=True)
class ArchiveSizes:
    """Lines ask what the newest studies of each kind weigh."""

    archive: ArchiveService

    def __call__(self, connection: Connection) -> Mapping[Kind, Sequence[StudySize]]:
        """By kind; a mammogram with priors is the newest two rounds of one patient."""
        found: dict[Kind, list[StudySize]] = defaultdict(list)
        rounds: dict[tuple[str, str, str], list[StudySize]] = defaultdict(list)
        for one in weights.newest(connection, self.archive.nobodys):
            kind = kind_of(one.modalities, tomosynthesis=_TOMOSYNTHESIS in one.sop_class_uids, priors=False)
            if kind is None:
                continue
            found[kind].append(_size(one))
            if kind == "mammography":
                rounds[one.patient].append(_size(one))
        found["mammography_priors"] = [_both(known[0], known[1]) for known in rounds.values() if len(known) > 1]
        return found


@dataclass(frozen=True)
class ReportLines:
    """Reports ask over what line somebody reads."""

    lines: LinesService
    time_zone: str

    def at(
        self, principal: Principal, *, modalities: Collection[str], sop_class_uids: Collection[str], priors: bool
    ) -> dict[str, Any] | None:
        """What was measured on this device within the last day, and what it was judged for such a study."""
        standing = self.lines.checking.standing(principal)
        kind = kind_of(frozenset(modalities), tomosynthesis=_TOMOSYNTHESIS in sop_class_uids, priors=priors)
        if standing.last is None or standing.state in {"none", "stale"}:
            return None
        judged = None if kind is None else standing.last.of_kind(kind)
        return _said(standing.last, judged, zone=ZoneInfo(self.time_zone))


def _said(last: Check, judged: Judged | None, *, zone: ZoneInfo) -> dict[str, Any]:
    """As a report's document keeps it."""
    measured = last.measured
    return {
        "at": last.at.astimezone(zone).isoformat(timespec="seconds"),
        "address_range": last.whence.address_range,
        "down_bits": round(measured.down_bits),
        "up_bits": round(measured.up_bits),
        "round_trip_ms": round(measured.round_trip_ms),
        "loss": None if measured.loss is None else round(measured.loss, 4),
        "path_mtu": measured.path_mtu,
        "kind": None if judged is None else judged.kind,
        "verdict": None if judged is None else judged.verdict,
    }


def _size(one: Weight) -> StudySize:
    return StudySize(one.frames, one.bytes, one.first_share, one.coarse_share)


def _both(current: StudySize, prior: StudySize) -> StudySize:
    return StudySize(
        current.frames + prior.frames, current.bytes + prior.bytes, current.first_share, current.coarse_share
    )
