"""STOW-RS: uploaded files take the way of the gateway's (admission, coding, proof), and each gets its own answer."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dokuei.dicom.admit import admit
from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.intake import intake
from dokuei.errors import AdmissionError, DokueiError, IdentityError, UnsupportedError
from dokuei.hub.archive.attributes import tag
from dokuei.hub.archive.model import Incoming, Refused, Stored
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.archive.upload_parts import Part
from dokuei.storage.filesystem import disk_full_told

_PHASE: Final = "storing over the web"
_AT_ONCE: Final = 16
_WORKERS: Final = 2
_LONGEST_COMMENT: Final = 512
_OK, _ACCEPTED, _CONFLICT = 200, 202, 409


@dataclass(frozen=True)
class Failure:
    """A part that did not get in; its UIDs as far as they could be read."""

    error: DokueiError
    sop_class_uid: str = ""
    sop_instance_uid: str = ""


@dataclass
class StowUpload:
    """One request: parts are taken as they come, a batch at a time, and the answer is made at the end."""

    archive: ArchiveService
    site_id: str
    study_instance_uid: str | None
    actor: str
    waiting: list[Part] = field(default_factory=list)
    stored: list[Stored] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    def add(self, part: Part) -> None:
        """Take a finished part; a full batch is stored at once, so that the sender waits and the disk does not fill."""
        self.waiting.append(part)
        if len(self.waiting) >= _AT_ONCE:
            self.store()

    def store(self) -> None:
        """Code, prove and store what is waiting.

        Raises:
            StorageError: nothing can be kept now.
        """
        parts, self.waiting = self.waiting, []
        with ThreadPoolExecutor(_WORKERS) as pool:
            coded = list(pool.map(self._coded, parts))
        incoming = [one for one in coded if isinstance(one, Incoming)]
        self.failed += [one for one in coded if isinstance(one, Failure)]
        if not incoming:
            return
        for outcome in self.archive.store_instances(self.site_id, incoming, actor=self.actor):
            if isinstance(outcome, Refused):
                self.failed.append(_failure(outcome.error, outcome.coded))
            else:
                self.stored.append(outcome)

    def _coded(self, part: Part) -> Incoming | Failure:
        target = part.path.with_suffix(".coded")
        try:
            if part.content_type.split(";")[0].strip().lower() != "application/dicom":
                raise UnsupportedError("a part that is not application/dicom", phase=_PHASE)
            with disk_full_told():
                coded = intake(part.path, target)
        except AdmissionError as error:
            target.unlink(missing_ok=True)
            return _unread(part.path, error)
        part.path.unlink()
        if self.study_instance_uid not in {None, coded.study_instance_uid}:
            target.unlink()
            return _failure(IdentityError("it belongs to another study than the address names", phase=_PHASE), coded)
        return Incoming(target, coded)

    @property
    def status(self) -> int:
        """200: all are in; 202: some; 409: none (PS3.18 table 10.5.3-1)."""
        if not self.failed:
            return _OK
        return _ACCEPTED if self.stored else _CONFLICT

    def answer(self, base: str) -> dict[str, Any]:
        """The Store Instances Response Module as DICOM JSON (PS3.18 I.2)."""
        made: dict[str, Any] = {}
        studies = sorted({one.study_instance_uid for one in self.stored})
        if len(studies) == 1 or self.study_instance_uid:
            made[tag("RetrieveURL")] = _value("UR", f"{base}/studies/{self.study_instance_uid or studies[0]}")
        named = [one for one in self.failed if one.sop_instance_uid]
        unnamed = [one for one in self.failed if not one.sop_instance_uid]
        if named:
            made[tag("FailedSOPSequence")] = {"vr": "SQ", "Value": [_failed_item(one) for one in named]}
        if self.stored:
            made[tag("ReferencedSOPSequence")] = {"vr": "SQ", "Value": [_stored_item(one, base) for one in self.stored]}
        if unnamed:
            made[tag("OtherFailuresSequence")] = {"vr": "SQ", "Value": [_reason(one) for one in unnamed]}
        return dict(sorted(made.items()))


def _failure(error: DokueiError, coded: CodedInstance) -> Failure:
    return Failure(error, coded.sop_class_uid, coded.sop_instance_uid)


def _unread(path: Path, error: AdmissionError) -> Failure:
    """Name the object that was refused, where its header can be read so far."""
    try:
        identity = admit(path).identity
    except AdmissionError:
        return Failure(error)
    finally:
        path.unlink(missing_ok=True)
    return Failure(error, identity.sop_class_uid, identity.sop_instance_uid)


def _stored_item(one: Stored, base: str) -> dict[str, Any]:
    address = (
        f"{base}/studies/{one.study_instance_uid}/series/{one.series_instance_uid}/instances/{one.sop_instance_uid}"
    )
    return {**_reference(one.sop_class_uid, one.sop_instance_uid), tag("RetrieveURL"): _value("UR", address)}


def _failed_item(one: Failure) -> dict[str, Any]:
    return {**_reference(one.sop_class_uid, one.sop_instance_uid), **_reason(one)}


def _reference(sop_class_uid: str, sop_instance_uid: str) -> dict[str, Any]:
    return {
        tag("ReferencedSOPClassUID"): _value("UI", sop_class_uid),
        tag("ReferencedSOPInstanceUID"): _value("UI", sop_instance_uid),
    }


def _reason(one: Failure) -> dict[str, Any]:
    """The DIMSE status as Failure Reason, and in words what is wrong and what to do (as Error Comment, PS3.7 C)."""
    return {
        tag("ErrorComment"): _value("LO", str(one.error)[:_LONGEST_COMMENT]),
        tag("FailureReason"): _value("US", one.error.dimse_status),
    }


def _value(vr: str, value: str | int) -> dict[str, Any]:
    return {"vr": vr, "Value": [value]} if value != "" else {"vr": vr}
