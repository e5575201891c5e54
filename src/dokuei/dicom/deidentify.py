"""An object under a pseudonym (PS3.15 Annex E): other elements stand for its own, and its pixels are not touched.

Values are read only where something hangs on them, so an object that no library could write again is de-identified
like any other; one whose names cannot be taken out is refused, and stays in the hospital.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from struct import Struct
from typing import Final

from dokuei.dicom import meta
from dokuei.dicom.content import PIXEL_ELEMENTS
from dokuei.dicom.dataset import CHARACTER_SET, DataSet
from dokuei.dicom.elements import EXPLICIT_LITTLE, Element, Walk, vr_of
from dokuei.dicom.profile import BASIC, Action, Option, Profile, action
from dokuei.dicom.pseudonym import Pseudonyms, is_pseudonym
from dokuei.dicom.rewrite import Rewriter, explicit_head, resolve_vr
from dokuei.dicom.source import Source
from dokuei.dicom.stays import CODES, CODING_SCHEME, Stays, is_public
from dokuei.dicom.text import decode_trimmed, encodings_of
from dokuei.dicom.uids import is_registered
from dokuei.dicom.who import who_is_named
from dokuei.errors import UnsupportedError

METHOD: Final = "dokuei gateway, PS3.15 Annex E"
PATIENT_IDENTITY_REMOVED: Final = 0x00120062

_PHASE: Final = "giving a pseudonym"
_ITEM: Final = Struct("<HHL")
_PATIENT_NAME, _PATIENT_ID, _ISSUER, _BIRTH_DATE, _AGE = 0x00100010, 0x00100020, 0x00100021, 0x00100030, 0x00101010
_ACCESSION_NUMBER, _STUDY_DATE = 0x00080050, 0x00080020
_STUDY_UID, _SOP_CLASS, _BURNED_IN = 0x0020000D, 0x00080016, 0x00280301
_OVERLAYS: Final = range(0x6000, 0x6100, 2)
_OVERLAY_BIT: Final = 0x0102
_IMAGE_TYPE, _CONVERSION_TYPE = 0x00080008, 0x00080064
_AUDIO: Final = "1.2.840.10008.5.1.4.1.1.9.4."
_DOCUMENTS: Final = "1.2.840.10008.5.1.4.1.1.104."
_PICTURES: Final = ("1.2.840.10008.5.1.4.1.1.7", "1.2.840.10008.5.1.4.1.1.6.", "1.2.840.10008.5.1.4.1.1.3.")
_DUMMIES: Final = {
    "AE": b"REMOVED ", "AS": b"000Y", "CS": b"REMOVED ", "DA": b"19000101", "DS": b"0 ", "DT": b"19000101",
    "FD": bytes(8), "FL": bytes(4), "IS": b"0 ", "LO": b"REMOVED ", "LT": b"REMOVED ", "PN": b"REMOVED ",
    "SH": b"REMOVED ", "SL": bytes(4), "SS": bytes(2), "ST": b"REMOVED ", "TM": b"000000", "UC": b"REMOVED ",
    "UL": bytes(4), "US": bytes(2), "UT": b"REMOVED ",
}  # fmt: skip


@dataclass(frozen=True)
class Deidentification:
    """How one gateway de-identifies: the profile that its site has chosen, and the pseudonyms of its key."""

    profile: Profile
    pseudonyms: Pseudonyms

    def source(self, source: Source) -> Source:
        """The file without what its head says of sender and instance, under a digest that only the gateway knows."""
        syntax = {tag: value for tag, value in source.meta.items() if tag in {meta.CLASS, meta.TRANSFER_SYNTAX}}
        return replace(source, meta=syntax, sha256=self.pseudonyms.sha256(source.sha256))

    def apply(self, data_set: DataSet) -> None:
        """Let other elements stand for those that tell who it is about.

        Raises:
            UnsupportedError: what names the patient cannot be taken out of this object.
        """
        _demand_removable(data_set, self.profile)
        data_set.overrides.update(_Treatment(data_set, self).overrides())


def is_deidentified(data_set: DataSet) -> bool:
    """Whether an object says that its patient's identity was removed, and has a pseudonym for it (PS3.3 C.7.1.1)."""
    patient = data_set.text(_PATIENT_ID)
    named = data_set.text(_PATIENT_NAME) == patient and is_pseudonym(patient)
    return named and data_set.text(PATIENT_IDENTITY_REMOVED) == "YES"


def _demand_removable(data_set: DataSet, profile: Profile) -> None:
    sop_class = data_set.text(_SOP_CLASS)
    if sop_class.startswith(_DOCUMENTS):
        raise _stays("a document may name the patient anywhere in it")
    if any(data_set.integer(group << 16 | _OVERLAY_BIT, 0) for group in _OVERLAYS):
        raise _stays("an overlay lies inside its pixels and may name the patient")
    if sop_class.startswith(_AUDIO):
        raise _stays("a voice may name the patient, and be known by itself")
    if not profile.burned_in and not _shows_no_text(data_set, sop_class):
        raise _stays("its pixels show text, or it does not say that they show none")


def _shows_no_text(data_set: DataSet, sop_class: str) -> bool:
    """What is a picture of a screen or of a film must say NO itself; anything else that is said counts as YES."""
    said = data_set.text(_BURNED_IN)
    types = data_set.text(_IMAGE_TYPE).upper().replace(" ", "").replace("_", "").split("\\")
    picture = sop_class.startswith(_PICTURES) or data_set.text(_CONVERSION_TYPE) or "SCREENSAVE" in types
    return said == "NO" or (not said and not picture)


def _stays(why: str) -> UnsupportedError:
    return UnsupportedError(
        f"{why}: it cannot leave under a pseudonym",
        phase=_PHASE,
        remedy="It stays in the hospital. Send it without burned-in text, or let the site allow such pictures.",
    )


class _Treatment:
    """One object being treated."""

    def __init__(self, data_set: DataSet, how: Deidentification) -> None:
        self._data_set = data_set
        self._how = how
        self._actions: dict[int, Action] = {}
        self._encodings = encodings_of(data_set.raw(CHARACTER_SET))[0]
        source = data_set.source
        self._rewriter = Rewriter(
            data_set.walk, source.encoding, signed=data_set.signed, canonical=False, read=source.pixels
        )
        self._patient = how.pseudonyms.patient(
            data_set.text(_PATIENT_ID), data_set.text(_ISSUER), data_set.text(_STUDY_UID)
        )
        self._shift = timedelta(days=how.pseudonyms.days(self._patient))
        whole = {tag: self._explicit(one) for tag, one in data_set.by_tag.items() if one.vr == "SQ"}
        self._sequences = {
            tag: encoded for tag, encoded in whole.items() if vr_of(tag) == "SQ" and self._action(tag) == "keep"
        }
        self._stays = Stays(who_is_named(data_set, whole.values()), dates=how.profile.dates)

    def overrides(self) -> dict[int, bytes]:
        """An element for each tag whose own may not leave as it is; empty bytes where none may."""
        before = self._data_set.overrides
        made = {tag: value if self._action(tag) == "keep" else b"" for tag, value in before.items()}
        for tag, element in self._data_set.by_tag.items():
            if tag not in PIXEL_ELEMENTS and tag not in before:
                made[tag] = self._top(tag, element)
        made.update(self._said())
        return made

    def _top(self, tag: int, element: Element) -> bytes:
        if tag in self._sequences:
            return self._sequence(self._sequences[tag], self._encodings)
        vr = resolve_vr(tag, element.vr, signed=self._data_set.signed)
        if self._action(tag) == "remove" or "SQ" in {vr, vr_of(tag)}:
            return b""
        return self._element(tag, vr, self._explicit(element), self._encodings)

    def _explicit(self, element: Element) -> bytes:
        """One element in Explicit VR Little Endian, its sequences in defined lengths."""
        return b"".join(self._rewriter.element(element))

    def _action(self, tag: int) -> Action:
        """What becomes of an attribute, asked once: a sequence may have it thousands of times."""
        known = self._actions.get(tag)
        if known is None:
            known = self._actions[tag] = action(tag, self._how.profile)
        return known

    # --- inside sequences ----------------------------------------------------------------------------------------

    def _sequence(self, encoded: bytes, encodings: tuple[str, ...]) -> bytes:
        """A sequence of defined lengths with each of its items treated."""
        walk = Walk(encoded)
        tag, _, position, _ = walk.header(0, len(encoded), EXPLICIT_LITTLE)
        pieces: list[bytes] = []
        while position < len(encoded):
            _, _, value, length = walk.header(position, len(encoded), EXPLICIT_LITTLE)
            position = value + length
            content = self._item(encoded[value:position], encodings)
            pieces += (_ITEM.pack(0xFFFE, 0xE000, len(content)), content)
        content = b"".join(pieces)
        return explicit_head(tag, "SQ", len(content)) + content

    def _item(self, encoded: bytes, encodings: tuple[str, ...]) -> bytes:
        pieces = []
        elements = list(Walk(encoded).elements(0, len(encoded), EXPLICIT_LITTLE))
        public = any(one.tag == CODING_SCHEME and is_public(encoded[one.value : one.end]) for one in elements)
        for element in elements:
            whole = encoded[element.start : element.next]
            if element.tag == CHARACTER_SET:
                encodings = encodings_of(encoded[element.value : element.end])[0]
            known = vr_of(element.tag)
            if self._action(element.tag) != "keep" and "SQ" in {element.vr, known}:
                continue
            if element.vr == known == "SQ":
                pieces.append(self._sequence(whole, encodings))
            elif public and element.tag in CODES and self._stays.is_code(encoded[element.value : element.end]):
                pieces.append(whole)
            elif "SQ" not in {element.vr, known} and not element.undefined:
                pieces.append(self._element(element.tag, element.vr, whole, encodings))
        return b"".join(pieces)

    # --- single elements -----------------------------------------------------------------------------------------

    def _element(self, tag: int, vr: str, encoded: bytes, encodings: tuple[str, ...]) -> bytes:
        """One element that is no sequence, in Explicit VR Little Endian."""
        chosen = self._action(tag)
        value = encoded[Walk(encoded).header(0, len(encoded), EXPLICIT_LITTLE)[2] :]
        match chosen:
            case "remove":
                return b""
            case "empty":
                new = b""
            case "dummy":
                if vr not in _DUMMIES:
                    return b""
                new = _DUMMIES[vr]
            case "uid":
                new = b"\\".join(self._uid(uid) for uid in value.rstrip(b"\0 ").split(b"\\"))
            case "pseudonym":
                new = self._pseudonym(tag, decode_trimmed(value, encodings).strip())
            case "shift":
                new = b"\\".join(self._shifted(tag, one.strip(b"\0 ")) for one in value.split(b"\\"))
            case _:
                new = self._stays.left_of(tag, vr, value, encodings)
                if new == value:
                    return encoded
                if not new:
                    vr = resolve_vr(tag, vr_of(tag), signed=self._data_set.signed)
        return element_of(tag, vr, new)

    def _uid(self, uid: bytes) -> bytes:
        uid = uid.strip(b"\0 ")
        known = uid.decode("ascii", "backslashreplace")
        return uid if not uid or is_registered(known) else self._how.pseudonyms.uid(known).encode()

    def _pseudonym(self, tag: int, value: str) -> bytes:
        if tag == _ACCESSION_NUMBER:
            return self._how.pseudonyms.accession_number(value).encode()
        return self._patient.encode()

    def _shifted(self, tag: int, moment: bytes) -> bytes:
        """A date or the date in a date-time, moved back; what is no whole date goes."""
        if not self._stays.is_day(tag, moment):
            return b""
        day = _day(moment[:8].decode("ascii", "replace"))
        return b"" if day is None else (day - self._shift).strftime("%Y%m%d").encode() + moment[8:]

    # --- what is said of it ---------------------------------------------------------------------------------------

    def _said(self) -> dict[int, bytes]:
        """PS3.15 E.1.1: the object says that and how it was de-identified; a reader needs the age at the study."""
        profile = self._how.profile
        codes = b"".join(_coded(option) for option in (BASIC, *profile.options))
        changed = {"keep": b"UNMODIFIED", "shift": b"MODIFIED", "remove": b"REMOVED"}[profile.dates]
        said = (
            (PATIENT_IDENTITY_REMOVED, "CS", b"YES"),
            (0x00120063, "LO", METHOD.encode()),
            (0x00120064, "SQ", codes),
            (0x00280303, "CS", changed),
            (_PATIENT_NAME, "PN", self._patient.encode()),
            (_PATIENT_ID, "LO", self._patient.encode()),
        )
        made = {tag: element_of(tag, vr, value) for tag, vr, value in said}
        if profile.patient_characteristics and not self._data_set.raw(_AGE).strip(b"\0 "):
            age = _age(self._data_set.text(_BIRTH_DATE), self._data_set.text(_STUDY_DATE))
            made |= {_AGE: element_of(_AGE, "AS", age)} if age else {}
        return made


def element_of(tag: int, vr: str, value: bytes) -> bytes:
    """An element in Explicit VR Little Endian, padded to an even length (PS3.5 6.2, 7.1.1)."""
    if len(value) % 2:
        value += b"\0" if vr == "UI" else b" "
    return explicit_head(tag, vr, len(value)) + value


def _coded(option: Option) -> bytes:
    content = b"".join(
        element_of(tag, vr, value.encode())
        for tag, vr, value in (
            (0x00080100, "SH", option.code),
            (0x00080102, "SH", "DCM"),
            (0x00080104, "LO", option.meaning),
        )
    )
    return _ITEM.pack(0xFFFE, 0xE000, len(content)) + content


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def _age(birth_date: str, study_date: str) -> bytes:
    """Whole years as AS; empty where the dates do not say."""
    born, seen = _day(birth_date), _day(study_date)
    if born is None or seen is None or seen < born:
        return b""
    years = seen.year - born.year - ((seen.month, seen.day) < (born.month, born.day))
    return f"{years:03d}Y".encode()
