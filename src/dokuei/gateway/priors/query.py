"""What the PACS has of a patient: C-FIND, Study Root, at the level of studies and, where that says too little, series.

Answers may come in any character set that they name (PS3.5 6.1.2.5); one that cannot be read says less, never nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom.association import Association

from dokuei.errors import PeerRefusedError, RequestError, UnreachableError
from dokuei.gateway.pacs import associated
from dokuei.gateway.priors.rules import Found, Person, is_of
from dokuei.settings import Destination, Settings

STUDY_ROOT_FIND: Final = "1.2.840.10008.5.1.4.1.2.2.1"
_PENDING: Final = frozenset({0xFF00, 0xFF01})
_SUCCESS: Final = 0x0000
_MOST_ANSWERS: Final = 1000
_MOST_SERIES: Final = 500
_MOST_INSTANCES: Final = 1_000_000
_UID: Final = re.compile(r"[0-9.]{1,64}")
_CODE_LETTERS: Final = 16
_PHASE: Final = "asking the PACS for earlier studies"
_WILD: Final = frozenset("*?\\")
_OF_STUDIES: Final = (
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ModalitiesInStudy",
    "StudyDescription",
    "StudyInstanceUID",
    "PatientName",
    "IssuerOfPatientID",
    "PatientBirthDate",
    "PatientSex",
    "NumberOfStudyRelatedInstances",
)
_OF_SERIES: Final = (
    "SeriesInstanceUID",
    "Modality",
    "SeriesDescription",
    "BodyPartExamined",
    "NumberOfSeriesRelatedInstances",
)
_log = structlog.get_logger()


@dataclass(frozen=True)
class Answers:
    """The patient's studies, and how many answers named somebody else: those are not looked at."""

    found: tuple[Found, ...]
    others: int = 0


def find(settings: Settings, pacs: Destination, asked: Person) -> Answers:
    """Every study that the PACS says is this patient's.

    Raises:
        UnreachableError: it does not answer, or stopped answering.
        PeerRefusedError: it answered with an error.
        RequestError: nobody can be asked for by this number.
    """
    if not asked.patient_id or _WILD & set(asked.patient_id):
        raise RequestError(
            "他の患者にも一致しうる患者IDのため照会しません / a patient ID that would match others too",
            phase=_PHASE,
            remedy="bring priors by hand",
        )
    association = associated(settings, pacs, [STUDY_ROOT_FIND])
    try:
        answers = [_found(one) for one in _ask(association, _query("STUDY", _OF_STUDIES, PatientID=asked.patient_id))]
        zero_padded = settings.gateway.priors.zero_padded_ids
        theirs = [one for one in answers if is_of(asked, one.person, zero_padded_ids=zero_padded)]
        named = {
            one.study_instance_uid: _told_more(association, one)
            for one in theirs
            if _UID.fullmatch(one.study_instance_uid)
        }
    finally:
        if association.is_established:
            association.release()
    return Answers(tuple(named.values()), len(answers) - len(theirs))


def _told_more(association: Association, one: Found) -> Found:
    """The series are asked for where the study does not say what it is, or of what."""
    if one.modalities and one.instances and (one.description or one.modalities == ("MG",)):
        return one
    query = _query("SERIES", _OF_SERIES, StudyInstanceUID=one.study_instance_uid)
    try:
        series = list(_ask(association, query, at_most=_MOST_SERIES))
    except PeerRefusedError as error:
        _log.warning("priors.series_not_told", what=error.what)
        return one
    modalities = tuple(dict.fromkeys(filter(None, (_text(each, "Modality")[:_CODE_LETTERS] for each in series))))
    words = tuple(_text(each, name) for each in series for name in ("BodyPartExamined", "SeriesDescription"))
    return replace(
        one,
        modalities=one.modalities or modalities,
        words=tuple(dict.fromkeys(filter(None, words))),
        instances=one.instances or sum(_number(each, "NumberOfSeriesRelatedInstances") for each in series),
    )


def _query(level: str, wanted: Sequence[str], **keys: str) -> Dataset:
    query = Dataset()
    query.QueryRetrieveLevel = level
    for name in wanted:
        setattr(query, name, None if name.startswith("Number") else "")
    for name, value in keys.items():
        setattr(query, name, value)
    if not all(value.isascii() for value in keys.values()):
        query.SpecificCharacterSet = "ISO_IR 192"
    return query


def _ask(association: Association, query: Dataset, *, at_most: int = _MOST_ANSWERS) -> Iterator[Dataset]:
    """The answers of one query; a PACS that goes on beyond all measure is cut off.

    Raises:
        UnreachableError: it stopped answering.
        PeerRefusedError: it answered with an error.
    """
    try:
        for number, (status, answer) in enumerate(association.send_c_find(query, UID(STUDY_ROOT_FIND))):
            said = status.get("Status")
            if said is None:
                raise _gone()
            if said not in _PENDING and said != _SUCCESS:
                raise PeerRefusedError(
                    f"PACSが照会を拒否しました (0x{said:04X}) / the PACS refused the query: status 0x{said:04X}",
                    phase=_PHASE,
                    remedy="see what it supports",
                )
            if said in _PENDING and answer is None:
                raise PeerRefusedError(
                    "PACSの回答を読み取れません / an answer of the PACS that cannot be read",
                    phase=_PHASE,
                    remedy="see what the PACS sends",
                )
            if answer is not None:
                yield answer
            if number >= at_most:
                association.abort()
                raise PeerRefusedError(
                    f"PACSの回答が{at_most}件を超えました / the PACS answered with more than {at_most}",
                    phase=_PHASE,
                    remedy="see whether it heeds the patient ID",
                )
    except (ValueError, RuntimeError) as error:  # the association is gone
        raise _gone() from error


def _gone() -> UnreachableError:
    return UnreachableError(
        "PACSの応答が途切れました / the PACS stopped answering", phase=_PHASE, remedy="it is asked again"
    )


def _found(answer: Dataset) -> Found:
    modalities = _element(answer, "ModalitiesInStudy")
    several = [modalities] if isinstance(modalities, str) else list(modalities or ())
    return Found(
        study_instance_uid=_text(answer, "StudyInstanceUID"),
        person=Person(
            patient_id=_text(answer, "PatientID"),
            issuer_of_patient_id=_text(answer, "IssuerOfPatientID"),
            birth_date=_text(answer, "PatientBirthDate"),
            sex=_text(answer, "PatientSex"),
        ),
        study_date=_text(answer, "StudyDate")[:8],
        modalities=tuple(dict.fromkeys(filter(None, (str(one).strip()[:_CODE_LETTERS] for one in several)))),
        description=_text(answer, "StudyDescription")[:200],
        instances=_number(answer, "NumberOfStudyRelatedInstances"),
    )


def _element(answer: Dataset, name: str) -> Any:
    try:
        return answer.get(name)
    except (ValueError, LookupError, TypeError, AttributeError, NotImplementedError):
        _log.warning("priors.unreadable", element=name)
        return None


def _text(answer: Dataset, name: str) -> str:
    value = _element(answer, name)
    return "" if value is None else str(value).replace("\0", "").strip()


def _number(answer: Dataset, name: str) -> int:
    text = _text(answer, name)
    return min(int(text), _MOST_INSTANCES) if text.isascii() and text.isdigit() else 0
