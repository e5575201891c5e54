"""A report file in hand, judged without the hub: what it is worth, and what of it was changed, by name.

A sealed PDF stands on its seal (PAdES), a structured report on the signature inside it and on the MACs of its images
(PS3.3 C.12.1.1.3, C.17.2.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from pydicom import dcmread
from pydicom.datadict import keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO

from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF, pdf_inside
from dokuei.dicom.image_mac import ImageMac, mac_of_file
from dokuei.dicom.mac_stream import Node, read_nodes
from dokuei.dicom.report_header import part10
from dokuei.dicom.signature import MODIFICATION, ObjectSignature, data_set_of, is_vouched_for, signatures_of
from dokuei.dicom.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from dokuei.errors import DokueiError
from dokuei.hub.reports.pades_verify import certificates, verify_seal
from dokuei.hub.reports.revocation import Certificates
from dokuei.hub.reports.seal_model import PhysicianVerdict, SealVerdict, in_words
from dokuei.hub.reports.tokens import judged

Weight = Literal["good", "note", "bad"]
_PDF = b"%PDF-"


@dataclass(frozen=True)
class Remark:
    """One thing that was found: its code names it in both languages, ``detail`` says where."""

    code: str
    weight: Weight
    detail: str = ""


@dataclass(frozen=True)
class Trusted:
    """Whose certificates are believed: PEM files of seals or who issued them, time-stamp services, physicians' CAs."""

    signers: tuple[Path, ...] = ()
    stampers: tuple[Path, ...] = ()
    physicians: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Examined:
    """What a file is and what was found."""

    kind: Literal["pdf", "sr", "none"]
    remarks: tuple[Remark, ...]

    @property
    def stands(self) -> bool:
        """Whether it is, as a whole, what was signed by somebody who is believed."""
        return self.kind != "none" and not any(one.weight == "bad" for one in self.remarks)


def examine(data: bytes, *, trusted: Trusted, images: Sequence[Path] = ()) -> Examined:
    """Judge a file by its content; its name says nothing."""
    if data.startswith(_PDF):
        return Examined("pdf", tuple(_pdf(data, trusted)))
    try:
        read = dcmread(DicomBytesIO(data))
        if read.SOPClassUID == ENCAPSULATED_PDF:
            read_nodes(data_set_of(data))  # what stands behind the last element is no part of the object
            return Examined("pdf", (*_head(data, read), Remark("wrapper", "note"), *_pdf(pdf_inside(read), trusted)))
        if read.Modality != "SR":
            return Examined("none", (Remark("no_report", "bad"),))
        return Examined("sr", (*_head(data, read), *_structured(data, read, trusted, images)))
    except DokueiError as error:
        return Examined("none", (Remark("unreadable", "bad", error.what),))
    except Exception as error:  # noqa: BLE001 - a damaged file may make the library raise anything
        return Examined("none", (Remark("unreadable", "bad", type(error).__name__),))


def _pdf(data: bytes, trusted: Trusted) -> list[Remark]:
    seals = tuple(one for file in trusted.signers for one in certificates(file))
    stampers = tuple(one for file in trusted.stampers for one in certificates(file))
    physicians = tuple(one for file in trusted.physicians for one in certificates(file))
    verdict = verify_seal(data, trusted=seals, trusted_stampers=stampers, physicians=physicians)
    if verdict.why:
        return [Remark("no_seal", "bad", verdict.why)]
    found = [
        Remark("signed_range", "good" if verdict.intact else "bad", f"0-{verdict.sealed_bytes}"),
        _update(data, verdict),
        Remark("certificate" if verdict.trusted else "certificate_unknown", _weight(verdict.trusted), verdict.signer),
        *_times(verdict),
        *_revocations(verdict),
        *(Remark("licence", "note", role) for role in verdict.roles),
        *([] if verdict.physician is None else _physician(verdict.physician)),
    ]
    if not verdict.good and not any(one.weight == "bad" for one in found):
        found.append(Remark("bottom_line", "bad"))
    return found


def _physician(own: PhysicianVerdict) -> list[Remark]:
    """The physician's own signature, with the licence that their certificate vouches for."""
    if not own.intact:
        return [Remark("physician_broken", "bad", own.name)]
    found = [Remark("physician_signed", "good", own.name)]
    found += [Remark("physician_licence", "note", role) for role in own.roles]
    if own.trusted is None:
        return [*found, Remark("physician_unasked", "note")]
    return [*found, Remark("physician_trusted" if own.trusted else "physician_unknown", _weight(own.trusted))]


def _weight(good: object) -> Weight:
    return "good" if good else "bad"


def _update(data: bytes, verdict: SealVerdict) -> Remark:
    behind = f"{verdict.sealed_bytes}-{len(data)}: {verdict.modification_level}"
    if verdict.modification_level == "NONE":
        return Remark("no_update", "good")
    if verdict.modification_level == "LTA_UPDATES":
        return Remark("stamps_added", "note", behind)
    return Remark("update_after", "bad", behind)


def _times(verdict: SealVerdict) -> list[Remark]:
    found = [
        Remark("archive_stamp" if one.good else "archive_stamp_broken", _weight(one.good), one.at.isoformat())
        for one in verdict.archive_stamps
    ]
    if verdict.stamped_at is not None:
        code = "time_stamp" if verdict.stamp_good else "time_stamp_unknown"
        found.insert(0, Remark(code, _weight(verdict.stamp_good), verdict.stamped_at.isoformat()))
    return found or [Remark("no_time_stamp", "note")]


def _revocations(verdict: SealVerdict) -> list[Remark]:
    """Which level it has (ETSI EN 319 142-1 6), and what it carries to show that nothing was revoked."""
    found = [Remark("level", "note", f"PAdES {verdict.level}")]
    for one in verdict.standings:
        weight: Weight = "bad" if one.state == "revoked" else "good" if one.state == "kept" else "note"
        found.append(Remark(f"revocation_{one.state}", weight, in_words(one)))
    return found


def _head(data: bytes, read: Dataset) -> list[Remark]:
    """What stands before the data set is not signed: it must be nothing, or what its writer puts there."""
    meta = read.file_meta
    found = []
    if any(data[:128]):
        found.append(Remark("preamble", "bad"))
    if meta.MediaStorageSOPInstanceUID != read.SOPInstanceUID or meta.MediaStorageSOPClassUID != read.SOPClassUID:
        found.append(Remark("head_wrong", "bad"))
    version = str(meta.get("ImplementationVersionName", ""))
    ours = (meta.ImplementationClassUID == IMPLEMENTATION_CLASS_UID, version == IMPLEMENTATION_VERSION_NAME)
    if any(ours) and (not all(ours) or data[: len(data) - len(data_set_of(data))] != _own_head(read)):
        found.append(Remark("head_wrong", "bad"))
    elif not any(ours):
        found.append(Remark("head_other", "note", f"{meta.ImplementationClassUID} {version}".strip()))
    return found


def _own_head(read: Dataset) -> bytes:

    bare = Dataset()
    bare.SOPClassUID, bare.SOPInstanceUID = read.SOPClassUID, read.SOPInstanceUID
    whole = part10(bare)
    return whole[: len(whole) - len(data_set_of(whole))]


def _structured(data: bytes, read: Dataset, trusted: Trusted, images: Sequence[Path]) -> list[Remark]:
    believed = [one for file in trusted.signers for one in x509.load_pem_x509_certificates(file.read_bytes())]
    found: list[Remark] = []
    signatures = signatures_of(data_set_of(data))
    if not signatures:
        found.append(Remark("no_signature", "bad"))
    stampers = tuple(one for file in trusted.stampers for one in certificates(file))
    for one in signatures:
        found += _signature(one, believed, stampers)
    return [*found, *_macs(read, images)]


def _signature(one: ObjectSignature, believed: Sequence[x509.Certificate], stampers: Certificates) -> list[Remark]:
    if one.why:
        return [Remark("content_changed", "bad", one.why)]
    found = [Remark("content_signed", "good", one.algorithm)]
    if one.uncovered:
        found.append(Remark("uncovered", "bad", ", ".join(_tag(tag) for tag in one.uncovered)))
    if one.certificate is not None:
        known = is_vouched_for(one.certificate, believed, at=one.signed_at) and _may_sign(one.certificate, one.purpose)
        name = one.certificate.subject.rfc4514_string()
        found.append(Remark("certificate" if known else "certificate_unknown", _weight(known), name))
    if one.signed_at is not None:
        found.append(Remark("signed_at", "note", one.signed_at.isoformat()))
    if one.token is not None:
        stamped = judged(one.token, over=one.value, trusted=stampers)
        code = "time_stamp" if stamped.good else "time_stamp_unknown"
        found.append(Remark(code, _weight(stamped.good), "" if stamped.at is None else stamped.at.isoformat()))
    if one.purpose == MODIFICATION[1]:
        found.append(Remark("reidentified", "note"))
    return found


def _may_sign(certificate: x509.Certificate, purpose: str) -> bool:
    """A certificate for the line speaks for what its gateway changed, never for a report as the hub's."""
    try:
        uses = set(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return True
    if ExtendedKeyUsageOID.SERVER_AUTH in uses:
        return False
    return ExtendedKeyUsageOID.CLIENT_AUTH not in uses or purpose == MODIFICATION[1]


def _macs(read: Dataset, images: Sequence[Path]) -> list[Remark]:
    named = {str(one.ReferencedSOPInstanceUID): one for one in _references(read)}
    lacking = sorted(uid for uid, one in named.items() if "ReferencedSOPInstanceMACSequence" not in one)
    found = [Remark("mac_missing", "bad", uid) for uid in lacking]
    found.append(Remark("macs", "note", str(len(named) - len(lacking))))
    return [*found, *(_image(file, named) for file in images)]


def _references(read: Dataset) -> list[Dataset]:
    return [
        image
        for study in read.get("CurrentRequestedProcedureEvidenceSequence", [])
        for series in study.ReferencedSeriesSequence
        for image in series.ReferencedSOPSequence
    ]


def _image(file: Path, named: dict[str, Dataset]) -> Remark:
    """Whether a file is one of the images that were read."""
    try:
        uid = str(dcmread(file, stop_before_pixels=True, specific_tags=["SOPInstanceUID"]).SOPInstanceUID)
        reference = named.get(uid)
        if reference is None or "ReferencedSOPInstanceMACSequence" not in reference:
            return Remark("image_not_read", "bad", file.name)
        said = reference.ReferencedSOPInstanceMACSequence[0]
        made = mac_of_file(file)
        wanted = ImageMac(bytes(said.MAC).hex(), str(said.MACCalculationTransferSyntaxUID), _tags(said))
    except DokueiError as error:
        return Remark("image_unreadable", "bad", f"{file.name}: {error.what}")
    except Exception as error:  # noqa: BLE001 - as above
        return Remark("image_unreadable", "bad", f"{file.name}: {type(error).__name__}")
    return Remark("image_read" if made == wanted else "image_other", _weight(made == wanted), file.name)


def _tags(said: Dataset) -> tuple[int, ...]:
    listed: Any = said.DataElementsSigned
    return tuple(int(tag) for tag in ([listed] if isinstance(listed, int) else listed))


def differences(data: bytes, kept: bytes) -> list[str]:
    """Where a structured report is not the one that the hub made: the paths of its elements."""
    found: list[str] = []
    _differ(read_nodes(data_set_of(data)), read_nodes(data_set_of(kept)), "", found)
    return found


def _differ(here: Sequence[Node], there: Sequence[Node], path: str, found: list[str]) -> None:
    ours, theirs = {node.tag: node for node in here}, {node.tag: node for node in there}
    for tag in sorted(set(ours) | set(theirs)):
        one, other, name = ours.get(tag), theirs.get(tag), f"{path}{_tag(tag)}"
        if one is None or other is None or one.items is None or other.items is None:
            if one is None or other is None or list(one.stream()) != list(other.stream()):
                found.append(name)
        elif len(one.items) != len(other.items):
            found.append(name)
        else:
            for number, (mine, its) in enumerate(zip(one.items, other.items, strict=True), 1):
                _differ(mine, its, f"{name}[{number}].", found)


def _tag(tag: int) -> str:

    return keyword_for_tag(tag) or f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
