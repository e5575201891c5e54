"""A scheduled step as the worklist tells it: every key that was asked for, in letters that the asker can read."""

import unicodedata
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Final, Literal

from pydicom.charset import default_encoding, python_encoding
from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from dokuei.gateway.steps.schedule import Step
from dokuei.gateway.steps.tables import ScheduledRow

_GETA: Final = "〓"  # what Japanese type puts where a character is missing
_PRIORITIES: Final = {"routine": "ROUTINE", "high": "HIGH", "urgent": "STAT"}
_STATES: Final = {"scheduled": "SCHEDULED", "in_progress": "STARTED"}
_SHORT_CODE: Final = 16
_KANJI: Final = frozenset({"ISO 2022 IR 87", "ISO 2022 IR 159"})
_KANA: Final = frozenset({"ISO_IR 13", "ISO 2022 IR 13"})
_LONGEST: Final = {"SH": 16, "LO": 64, "CS": 16, "AE": 16}
_DEFAULTS: Final = {"iso-2022-jp": ["", "ISO 2022 IR 87"], "utf-8": ["ISO_IR 192"], "ascii": ["ISO_IR 6"]}


@dataclass(frozen=True)
class Letters:
    """The character sets of an answer: those of the query, where it names any that we know (PS3.3 C.12.1.1.2)."""

    terms: tuple[str, ...]

    @classmethod
    def of(cls, query: Dataset, default: Literal["iso-2022-jp", "utf-8", "ascii"]) -> "Letters":
        """What the query says; a set that nobody knows counts as none."""
        said = query.get("SpecificCharacterSet")
        terms = [] if said is None else [said] if isinstance(said, str) else [str(one) for one in said]
        known = all(term in python_encoding for term in terms)
        return cls(tuple(terms if any(terms) and known else _DEFAULTS[default]))

    @property
    def kanji(self) -> bool:
        """Whether the second group of a name can be told."""
        return "ISO_IR 192" in self.terms or "GB18030" in self.terms or bool(_KANJI.intersection(self.terms))

    @property
    def kana(self) -> bool:
        """Whether half-width katakana can be told."""
        return bool(_KANA.intersection(self.terms))

    def fit(self, text: str) -> str:
        """The text, with a geta for each kanji that the sets lack; nothing at all where they lack most of it."""
        if self._can(text):
            return text
        if not self.kanji:
            narrow = half_width(text) if self.kana else text
            return narrow if self._can(narrow) else ""
        return "".join(one if self._can(one) else _GETA for one in text)

    def name(self, step: Step) -> str:
        """The three groups as far as the sets go; kana stand in the first where there is no romaji (PS3.5 H.3)."""
        kana = half_width(step.phonetic) if self.kana else ""
        first = self.fit(step.alphabetic) or self.fit(kana)
        if not self.kanji:
            return first or self.fit(step.phonetic)
        phonetic = self.fit(step.phonetic)
        return "=".join((first, self.fit(step.ideographic), phonetic)).rstrip("=")

    def _can(self, text: str) -> bool:
        try:
            for term in self.terms if len(self.terms) == 1 else (self.terms[0] or "ISO 2022 IR 6", *self.terms[1:]):
                remaining = [one for one in text if not _encodes(one, term)]
                text = "".join(remaining)
        except LookupError:
            return False
        return not text


def told(row: ScheduledRow, query: Dataset, letters: Letters) -> Dataset:
    """The keys of the query with the step's values; what is asked for and not known is there and empty (K.2.2)."""
    whole = whole_of(row, letters)
    answer = _asked_of(query, whole)
    answer.SpecificCharacterSet = list(letters.terms) if len(letters.terms) > 1 else letters.terms[0]
    return answer


def whole_of(row: ScheduledRow, letters: Letters) -> Dataset:
    """All that is known of a step."""
    step = row.step
    found = Dataset()
    put = _putter(found, letters)
    put("AccessionNumber", step.accession_number)
    put("ReferringPhysicianName", step.requesting_physician)
    put("RequestingPhysician", step.requesting_physician)
    put("RequestingService", step.requesting_department)
    found.PatientName = letters.name(step)
    put("PatientID", step.patient_id)
    put("IssuerOfPatientID", step.issuer_of_patient_id)
    put("PatientBirthDate", step.birth_date)
    put("PatientSex", step.sex)
    found.StudyInstanceUID = step.study_instance_uid
    put("RequestedProcedureDescription", step.code_meaning)
    put("RequestedProcedureID", step.requested_procedure_id or step.accession_number or step.placer_order_number)
    put("RequestedProcedurePriority", _PRIORITIES[step.priority])
    put("ReasonForTheRequestedProcedure", step.reason.replace("\n", " "))
    put("PlacerOrderNumberImagingServiceRequest", step.placer_order_number)
    put("FillerOrderNumberImagingServiceRequest", step.filler_order_number)
    if step.issuer_of_accession_number:
        issuer = Dataset()
        _putter(issuer, letters)("LocalNamespaceEntityID", step.issuer_of_accession_number)
        found.IssuerOfAccessionNumberSequence = [issuer]
    found.RequestedProcedureCodeSequence = _codes(step, letters)
    found.ScheduledProcedureStepSequence = [_step(row, letters)]
    return found


def _step(row: ScheduledRow, letters: Letters) -> Dataset:
    step = row.step
    found = Dataset()
    put = _putter(found, letters)
    put("Modality", step.modality)
    put("ScheduledStationAETitle", step.station_ae_title)
    put("ScheduledStationName", step.station_name)
    put("ScheduledProcedureStepLocation", step.location)
    put("ScheduledProcedureStepStartDate", step.start_date)
    put("ScheduledProcedureStepStartTime", step.start_time)
    put("ScheduledProcedureStepDescription", step.code_meaning)
    put("ScheduledProcedureStepID", step.step_id or step.accession_number or step.placer_order_number)
    put("ScheduledProcedureStepStatus", _STATES.get(row.state, ""))
    found.ScheduledProtocolCodeSequence = _codes(step, letters)
    return found


def _codes(step: Step, letters: Letters) -> list[Dataset]:
    if not step.code_value:
        return []
    code = Dataset()
    put = _putter(code, letters)
    put("CodeValue" if len(step.code_value) <= _SHORT_CODE else "LongCodeValue", step.code_value)
    put("CodingSchemeDesignator", step.code_scheme)
    put("CodeMeaning", step.code_meaning)
    return [code]


def _putter(found: Dataset, letters: Letters) -> Callable[[str, str], None]:
    def put(keyword: str, value: str) -> None:
        vr = dictionary_VR(keyword)
        text = letters.fit(value).replace("\\", " ")
        setattr(found, keyword, text[: _LONGEST.get(vr, 1024)].strip())

    return put


def _asked_of(query: Dataset, held: Dataset) -> Dataset:
    answer = Dataset()
    for key in query:
        if key.tag.element == 0 or key.keyword in {"SpecificCharacterSet", "TimezoneOffsetFromUTC"}:
            continue
        known = held.get(key.tag)
        if key.VR != "SQ":
            answer.add(_plain(key, known))
            continue
        items = [] if known is None else list(known.value)
        if key.value and len(key.value[0]):
            items = [_asked_of(key.value[0], one) for one in items]
        answer.add_new(key.tag, "SQ", [deepcopy(one) for one in items])
    return answer


def _plain(key: DataElement, known: DataElement | None) -> DataElement:
    """The value that is known; a station, a modality that the order leaves open is the asker's own."""
    if known is not None and known.value not in (None, ""):
        return DataElement(key.tag, known.VR, known.value)
    if key.keyword in {"Modality", "ScheduledStationAETitle"} and isinstance(key.value, str):
        own = "" if "*" in key.value or "?" in key.value else key.value
        return DataElement(key.tag, key.VR, own)
    return DataElement(key.tag, key.VR, None)


def _encodes(letter: str, term: str) -> bool:
    codec = "ascii" if python_encoding[term] == default_encoding else python_encoding[term]
    try:
        encoded = letter.encode(codec)
    except UnicodeError:
        return False
    return term not in _KANA or len(encoded) == 1


def half_width(text: str) -> str:
    """Kana as JIS X 0201 writes them: the only ones that an old modality prints."""
    return "".join(_HALF.get(one, one) for one in _as_katakana(text))


def _as_katakana(text: str) -> str:
    return "".join(chr(ord(one) + 0x60) if "ぁ" <= one <= "ゖ" else one for one in text)


def _halves() -> dict[str, str]:
    """Full-width katakana and signs → half width, voiced ones as two letters (JIS X 0201 and Unicode NFKC)."""
    narrow = [chr(code) for code in range(0xFF61, 0xFFA0)]
    table = {unicodedata.normalize("NFKC", one): one for one in narrow}
    for one in narrow:
        for mark in ("ﾞ", "ﾟ"):
            whole = unicodedata.normalize("NFKC", one + mark)
            if len(whole) == 1:
                table[whole] = one + mark
    return {**table, "\u3000": " "}


_HALF: Final = _halves()
