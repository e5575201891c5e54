"""A signed report as ORU^R01 (HL7 v2.5 7.3.1), from the structured report that the reading centre delivered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydicom.dataset import Dataset

from dokuei.gateway.hl7.answer import moment
from dokuei.gateway.hl7.category_words import category_name, category_value
from dokuei.gateway.hl7.charset import ISO_2022_JP, SEGMENT_END, UTF_8, Charset
from dokuei.gateway.hl7.message import escape, write_segment
from dokuei.transfer.orders import Order

FINAL: Final = "F"
CORRECTED: Final = "C"
PRELIMINARY: Final = "P"
CANCELED: Final = "X"
WRONG: Final = "W"
CHARSETS: Final = {ISO_2022_JP: Charset(ISO_2022_JP, "~ISO IR87"), UTF_8: Charset(UTF_8, "UNICODE UTF-8")}

_REPORT: Final = "18748-4^Diagnostic imaging report^LN"
_SECTIONS: Final = frozenset({"121070", "121076", "121064", "121060", "121072", "121074", "121062"})
_LABELS: Final = {
    "121071": "所見",
    "121077": "診断",
    "121106": "注記",
}
_SIDES: Final = {"24028007": "右", "7771000": "左", "51440002": "両側"}
_NOT_APPLICABLE: Final = "385432009"
_NOT_TOLD: Final = frozenset({"images-read", "pixel-digest", "version-digest"})
_GROUPS: Final = (("ideographic", "I"), ("phonetic", "P"), ("alphabetic", "A"))


@dataclass(frozen=True)
class Envelope:
    """Who tells whom, and when; ``at`` is in the local zone."""

    sending_application: str
    sending_facility: str
    receiving_application: str
    receiving_facility: str
    control_id: str
    at: datetime
    charset: Charset


_STAGES: Final = {"preliminary": PRELIMINARY, "final": FINAL, "amended": CORRECTED, "withdrawn": CANCELED}
_OF_OBSERVATIONS: Final = {CANCELED: WRONG}


def result_status(report: Dataset) -> str:
    """P, F, C, or X where the report was withdrawn and no result stands (table 0123), as its stage says.

    A report of before stages were written in is C where it replaces another.
    """
    for item in report.get("ContentSequence", ()):
        concept = next(iter(item.get("ConceptNameCodeSequence", ())), Dataset())
        if concept.get("CodeValue") == "report-stage" and item.get("ConceptCodeSequence"):
            return _STAGES.get(str(item.ConceptCodeSequence[0].CodeValue), FINAL)
    return CORRECTED if report.get("PredecessorDocumentsSequence") else FINAL


def result_text(report: Dataset, order: Order | None, envelope: Envelope, *, link: str = "") -> str:
    """The message; ``order`` is the hospital's own, whose numbers go back to it; ``link`` opens the report."""
    status = result_status(report)
    lines = [
        _header(envelope),
        _patient(report, order),
        write_segment("ORC", f1="RE", **_numbers(report, order)),
        _request(report, order, status),
        *(
            _observation(number, one, _OF_OBSERVATIONS.get(status, status))
            for number, one in enumerate((*_observed(report), *_pointer(link)), 1)
        ),
    ]
    return SEGMENT_END.join(lines) + SEGMENT_END


@dataclass(frozen=True)
class _Observed:
    """One OBX, its fields written already."""

    kind: str
    name: str
    value: str
    sub_id: str = ""


def _header(envelope: Envelope) -> str:
    japanese = envelope.charset.codec == ISO_2022_JP
    return write_segment(
        "MSH",
        f1="^~\\&",
        f2=escape(envelope.sending_application),
        f3=escape(envelope.sending_facility),
        f4=escape(envelope.receiving_application),
        f5=escape(envelope.receiving_facility),
        f6=moment(envelope.at),
        f8="ORU^R01^ORU_R01",
        f9=envelope.control_id,
        f10="P",
        f11="2.5",
        f16="JPN",
        f17=envelope.charset.declared,
        f19="ISO 2022-1994" if japanese else "",
    )


def _patient(report: Dataset, order: Order | None) -> str:
    """The hospital's issuer comes from its own order where the images name none."""
    issuer = str(report.get("IssuerOfPatientID", "") or ("" if order is None else order.patient.issuer_of_patient_id))
    return write_segment(
        "PID",
        f1="1",
        f3=f"{escape(str(report.PatientID))}^^^{escape(issuer)}^PI",
        f5="~".join(_names(report)),
        f7=str(report.get("PatientBirthDate", "") or ""),
        f8=str(report.get("PatientSex", "") or ""),
    )


def _names(report: Dataset) -> Iterator[str]:
    name = report.get("PatientName")
    for group, code in _GROUPS if name else ():
        parts = [escape(one) for one in str(getattr(name, group)).split("^")]
        if any(parts):
            family, given, middle = [*parts, "", "", ""][:3]
            yield f"{family}^{given}^{middle}^^^^L^{code}"


def _numbers(report: Dataset, order: Order | None) -> dict[str, str]:
    """OBR-2 and OBR-3 (and ORC's): the placer's, and the filler's or what the images carry."""
    accession = str(report.get("AccessionNumber", "") or "")
    placer = "" if order is None else order.placer_order_number
    filler = ("" if order is None else order.filler_order_number) or accession
    return {"f2": escape(placer), "f3": escape(filler or str(report.SOPInstanceUID))}


def _request(report: Dataset, order: Order | None, status: str) -> str:
    procedure = None if order is None else order.procedure
    code = _REPORT
    if procedure is not None and (procedure.value or procedure.meaning):
        code = "^".join(map(escape, (procedure.value, procedure.meaning, procedure.scheme)))
    observer = next(iter(report.get("VerifyingObserverSequence", ())), Dataset())
    asked = "" if order is None else order.requesting_physician
    return write_segment(
        "OBR",
        f1="1",
        **_numbers(report, order),
        f4=code,
        f7=f"{report.get('StudyDate', '') or ''}{str(report.get('StudyTime', '') or '')[:6]}",
        f16=f"^{escape(asked)}" if asked else "",
        f18=escape(str(report.get("AccessionNumber", "") or "")),
        f22=str(observer.get("VerificationDateTime", "") or ""),
        f24="RAD",
        f25=status,
        f32=_reader(observer),
    )


def _reader(observer: Dataset) -> str:
    """Who signed, as a CNN inside an NDL."""
    name = observer.get("VerifyingObserverName")
    if not name:
        return ""
    family, given = [*str(name.ideographic or name.alphabetic).split("^"), "", ""][:2]
    return f"&{escape(family)}&{escape(given)}"


def _observed(report: Dataset) -> Iterator[_Observed]:
    yield _Observed("ST", "110180^Study Instance UID^DCM", escape(str(report.StudyInstanceUID)))
    for item in report.get("ContentSequence", ()):
        yield from _told(item, within=False)


def _pointer(link: str) -> Iterator[_Observed]:
    """Where a signed-in person opens the report (RP, HL7 v2.5 2.A.65); the address says nothing of the patient."""
    if link:
        yield _Observed("RP", _REPORT, f"{escape(link)}^DOKUEI^AP^HTML")


def _told(item: Dataset, *, within: bool) -> Iterator[_Observed]:
    """Texts, codes and measurements of the report's own sections, and remarks on the whole."""
    concept = next(iter(item.get("ConceptNameCodeSequence", ())), Dataset())
    code = str(concept.get("CodeValue", ""))
    if code in _NOT_TOLD or item.get("RelationshipType") not in {"CONTAINS", "HAS PROPERTIES", "INFERRED FROM"}:
        return
    children = item.get("ContentSequence", ())
    if item.ValueType == "CONTAINER":
        for child in children:
            yield from _told(child, within=within or code in _SECTIONS)
        return
    if within or code == "121106":
        yield from _one(item, concept, children)
    for child in children:
        yield from _told(child, within=within)


def _one(item: Dataset, concept: Dataset, children: Sequence[Dataset]) -> Iterator[_Observed]:
    side = next(filter(None, map(_side, children)), "")
    name = _coded(concept, side)
    if item.ValueType == "TEXT":
        yield _Observed("FT", name, escape(str(item.TextValue)))
    elif item.ValueType == "CODE":
        value = _value(next(iter(item.ConceptCodeSequence)), of=str(concept.get("CodeValue", "")))
        yield _Observed("CWE", name, value, {"右": "R", "左": "L"}.get(side, ""))
    elif item.ValueType == "NUM" and item.get("MeasuredValueSequence"):
        measured = item.MeasuredValueSequence[0]
        unit = next(iter(measured.get("MeasurementUnitsCodeSequence", ())), Dataset())
        yield _Observed("ST", name, escape(f"{measured.NumericValue} {unit.get('CodeValue', '')}".strip()))


def _side(child: Dataset) -> str:
    concept = next(iter(child.get("ConceptNameCodeSequence", ())), Dataset())
    if concept.get("CodeValue") != "272741003" or child.ValueType != "CODE":
        return ""
    return _SIDES.get(str(child.ConceptCodeSequence[0].CodeValue), "")


def _coded(concept: Dataset, side: str) -> str:
    code, meaning = str(concept.get("CodeValue", "")), str(concept.get("CodeMeaning", ""))
    label = _LABELS.get(code) or category_name(code) or meaning
    shown = f"{label}（{side}）" if side else label
    return "^".join(map(escape, (code, shown, str(concept.get("CodingSchemeDesignator", "")))))


def _value(concept: Dataset, *, of: str) -> str:
    """A code with its words; ``of`` is the code of what it is the value of."""
    code, meaning = str(concept.get("CodeValue", "")), str(concept.get("CodeMeaning", ""))
    told = "該当なし" if code == _NOT_APPLICABLE else category_value(code, of=of)
    told = told or meaning.replace("Category", "カテゴリー")
    return "^".join(map(escape, (code, told, str(concept.get("CodingSchemeDesignator", "")))))


def _observation(number: int, one: _Observed, status: str) -> str:
    return write_segment("OBX", f1=str(number), f2=one.kind, f3=one.name, f4=one.sub_id, f5=one.value, f11=status)
