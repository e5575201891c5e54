"""What stands around a reading: priors that were on the screen, whose place the reader took, whom they called."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from dokuei.errors import ConflictError, RequestError


@dataclass(frozen=True)
class ComparedStudy:
    """A prior study of the patient at the same site."""

    study_instance_uid: str
    study_date: str
    modalities: tuple[str, ...]
    study_description: str


@dataclass(frozen=True)
class AbsentStudy:
    """A prior study that the hospital's PACS has and that is not here; ``state`` says how far it has come."""

    study_date: str
    modalities: tuple[str, ...]
    state: str


@dataclass(frozen=True)
class PriorsInPacs:
    """What the hospital's PACS answered: whether it has said anything, and what of it could not be compared."""

    answered: bool
    absent: tuple[AbsentStudy, ...] = ()


@dataclass(frozen=True)
class Delegation:
    """Somebody could not finalise: who, who decided that another does it, why and when (REC-06)."""

    from_person_id: str
    ordered_by: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Call:
    """Somebody at the hospital was called, and read back what they were told."""

    person: str
    number: str
    at: datetime


@dataclass(frozen=True)
class DisplayUsed:
    """What somebody sits at (REC-21), as a version says it; ``blocks``: nothing may be signed on it (JRS-09)."""

    said: Mapping[str, Any]
    blocks: bool


class DisplayInvalidError(ConflictError):
    """Mammograms, and no display with a valid calibration is known here (JRS-09)."""

    code = "display-invalid"


class DisplayChangedError(ConflictError):
    """The display, or what it is worth, is another than was shown for signing."""

    code = "display-changed"


def demand_display(used: DisplayUsed, *, shown: Mapping[str, Any] | None = None) -> None:
    """Refuse to go on where mammograms are not on a display with a valid calibration.

    ``shown`` is the document that was shown for signing: it names the display that is signed on.

    Raises:
        DisplayInvalidError, DisplayChangedError: with what to do.
    """
    if used.blocks:
        raise DisplayInvalidError(
            "GSDF 校正の有効な表示装置と確認できないため、マンモグラフィは確定できません"
            " / no display with a valid GSDF calibration is known here: mammograms cannot be signed",
            phase="checking the display",
            remedy="choose the registered display under settings, or have it calibrated",
        )
    if shown is not None and shown.get("display") != used.said:
        raise DisplayChangedError(
            "確認画面を開いた後に表示装置が変わりました / the display is another one than was shown",
            phase="checking the display",
            remedy="look at the text again, then sign",
        )


def resolved(
    shown: Iterable[str], priors: Iterable[ComparedStudy], kept: Iterable[ComparedStudy]
) -> tuple[ComparedStudy, ...]:
    """The priors that were on the screen, the newest first; what was kept before stays, its images gone or not.

    Raises:
        RequestError: a study that is no prior of this case.
    """
    known = {one.study_instance_uid: one for one in (*kept, *priors)}
    wanted = dict.fromkeys(shown)
    if not wanted.keys() <= known.keys():
        raise RequestError("a study that is no prior of this case", phase="saving a report", remedy="load it again")
    return tuple(
        sorted((known[uid] for uid in wanted), key=lambda one: (one.study_date, one.study_instance_uid), reverse=True)
    )


def written_in_pacs(value: PriorsInPacs | None) -> dict[str, Any] | None:
    """As JSON; None where no PACS was asked."""
    if value is None:
        return None
    return {
        "answered": value.answered,
        "absent": [{**asdict(one), "modalities": list(one.modalities)} for one in value.absent],
    }


def written_compared(compared: Iterable[ComparedStudy]) -> list[dict[str, Any]]:
    """As JSON."""
    return [{**asdict(one), "modalities": list(one.modalities)} for one in compared]


def read_compared(value: Iterable[Mapping[str, Any]]) -> tuple[ComparedStudy, ...]:
    """From JSON as ``written_compared`` made it; the site stands once in the document, not with each."""
    return tuple(
        ComparedStudy(
            str(one["study_instance_uid"]), str(one["study_date"]), tuple(one["modalities"]), one["study_description"]
        )
        for one in value
    )
