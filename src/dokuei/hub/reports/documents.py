"""From a signed version to what leaves the hub: the sealed PDF, that PDF as a DICOM object, and the SR document."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from dokuei.clock import now
from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF, encapsulated_pdf
from dokuei.dicom.image_mac import ImageMac
from dokuei.dicom.report_header import (
    Placement,
    ReferencedImage,
    StudyHeader,
    cleaned,
    part10,
    person_name,
    written_name,
)
from dokuei.errors import RequestError
from dokuei.hub.reports.awaited import Prepared
from dokuei.hub.reports.coded_findings import coded_categories, coded_conclusions, coded_facts, coded_findings
from dokuei.hub.reports.deliveries import Made
from dokuei.hub.reports.model import DeliveryKind, Frozen, Kind, KnownImage, Signature, SignedVersion, sign
from dokuei.hub.reports.seal_model import Sealed, TimeStamp
from dokuei.hub.reports.sealing import Sealer
from dokuei.hub.reports.stage_words import WITHDRAWN, circumstances
from dokuei.hub.reports.stages import kind_of
from dokuei.hub.reports.typesetting import typeset
from dokuei.hub.reports.wording import NOTICE, place_line, qualification_line

STAGES: Mapping[Kind, str] = {
    "preliminary": "preliminary",
    "original": "final",
    "amendment": "amended",
    "withdrawal": "withdrawn",
}
_TITLES: Mapping[Kind, str] = {
    "preliminary": "読影報告書（速報） Preliminary reading report",
    "withdrawal": "読影報告書（取り下げ） Withdrawn reading report",
}
_NAMESPACE = uuid.UUID("6f1d2f0e-9c1e-4d3f-8f57-1a0a4d0c7e52")


@dataclass(frozen=True)
class Documents:
    """Everything made of one version."""

    sealed: Sealed
    pdf: bytes
    objects: tuple[Made, ...]


@dataclass(frozen=True)
class DocumentMaker:
    """Makes the documents of a version; the same version gets the same UIDs whenever it is made.

    Blob keys are new each time: of two signatures in flight, neither writes over what the other has kept.
    """

    sealer: Sealer
    time_zone: str

    def prepare(self, signed: SignedVersion, *, images: Sequence[KnownImage], name: str) -> Prepared:
        """The document with room for the physician's own signature; ``name`` is whose that will be.

        Raises:
            ConfigurationError, RequestError: the document could not be set.
        """
        from dokuei.hub.reports.physician_pdf import prepare  # noqa: PLC0415 - large, and only signing needs it

        return prepare(self._set(signed, images), name=name, reason="読影報告書の署名 / Report signed by its reader")

    def make(
        self,
        signed: SignedVersion,
        *,
        site_id: str,
        images: Sequence[KnownImage],
        macs: Mapping[str, ImageMac],
        pdf: bytes = b"",
    ) -> Documents:
        """Set, seal, wrap; ``pdf`` is the document where its physician has signed it already.

        Raises:
            SignatureError: the seal failed.
            ConfigurationError, RequestError: the document could not be set, or made into an object.
        """
        document = json.loads(signed.canonical)
        sealed = self.sealer.seal(pdf or self._set(signed, images))
        folder = f"reports/{site_id}/{signed.report_id}/{signed.number}/{uuid.uuid4().hex}"
        referenced = _referenced(document["images_read"], images, macs)
        with _told():
            structured, sr_time_stamp = self._signed(
                self._structured(signed, document, images, referenced, folder),
                signed,
                stamped=sealed.time_stamp == "stamped",  # a service that has just been silent is not waited for twice
            )
            objects = (structured, self._wrapped(signed, document, referenced, folder, sealed.data))
        return Documents(
            Sealed(
                pdf_key=f"{folder}/report.pdf",
                pdf_sha256=hashlib.sha256(sealed.data).hexdigest(),
                time_stamp=sealed.time_stamp,
                sr_sop_instance_uid=objects[0].sop_instance_uid,
                pdf_sop_instance_uid=objects[1].sop_instance_uid,
                sr_time_stamp=sr_time_stamp,
            ),
            sealed.data,
            objects,
        )

    def rehearse(self, frozen: Frozen, *, images: Sequence[KnownImage]) -> None:
        """Build the structured report before a key is touched, so that what cannot be built is told in time.

        Raises:
            RequestError: the document could not be made into an object.
        """
        document = json.loads(frozen.canonical)
        pretended = Signature(frozen.shown_to, document["reader"]["display_name"], now(), "none")
        with _told():
            referenced = _referenced(document["images_read"], images, {})
            self._structured(sign(frozen, pretended), document, images, referenced, "")

    def _set(self, signed: SignedVersion, images: Sequence[KnownImage]) -> bytes:
        document = json.loads(signed.canonical)
        return typeset(
            document, images=images, signature=signed.signature, digest=signed.digest, time_zone=self.time_zone
        )

    def _signed(self, made: Made, signed: SignedVersion, *, stamped: bool) -> tuple[Made, TimeStamp]:
        """With the seal's own signature inside (PS3.15 C.4, REC-14), and that one's time stamp where it got one."""
        at = signed.signature.signed_at.astimezone(ZoneInfo(self.time_zone))
        data, time_stamp = self.sealer.sign_object(made.data, at=at, stamped=stamped)
        return replace(made, data=data), time_stamp

    def _structured(
        self,
        signed: SignedVersion,
        document: dict[str, Any],
        images: Sequence[KnownImage],
        referenced: Sequence[ReferencedImage],
        folder: str,
    ) -> Made:
        from dokuei.dicom.sr import (  # noqa: PLC0415 - highdicom is large, and only signing needs it
            ENHANCED_SR,
            Observer,
            Predecessor,
            Statement,
            structured_report,
        )

        placement = self._placement(signed, "sr")
        before = None
        if document["replaces"] is not None:
            before = Predecessor(placement.series_instance_uid, _uid(signed.report_id, signed.number - 1, "sr"))
        reader = document["reader"]
        made = structured_report(
            header=_header(document),
            placement=placement,
            statement=Statement(
                findings=document["findings"],
                impression=document["impression"],
                category_right=document["category_right"],
                category_left=document["category_left"],
                modalities=tuple(document["study"]["modalities"]),
                notice=NOTICE if document["not_for_primary_diagnosis"] else "",
                examined=coded_facts(document),
                coded=coded_findings(document, images),
                concluded=coded_conclusions(document),
                categories=coded_categories(document),
                stage=STAGES[kind_of(document)],
                circumstances=tuple((one.label_ja, one.ja) for one in circumstances(document)),
                withdrawn=WITHDRAWN if signed.kind == "withdrawal" else "",
            ),
            observer=Observer(
                written_name(reader["display_name"], reader["display_name_kana"]),
                document["facility"],
                qualification_line(reader),
                place_line(document) if document.get("reading_place") else "",
            ),
            images=referenced,
            version_digest=signed.digest,
            predecessor=before,
        )
        return Made("sr", ENHANCED_SR, placement.sop_instance_uid, f"{folder}/sr.dcm", part10(made))

    def _wrapped(
        self,
        signed: SignedVersion,
        document: dict[str, Any],
        images: Sequence[ReferencedImage],
        folder: str,
        pdf: bytes,
    ) -> Made:
        placement = self._placement(signed, "pdf")
        made = encapsulated_pdf(
            pdf,
            header=_header(document),
            placement=placement,
            title=_TITLES.get(signed.kind, "読影報告書 Reading report"),
            sources=images,
        )
        return Made("pdf", ENCAPSULATED_PDF, placement.sop_instance_uid, f"{folder}/pdf.dcm", part10(made))

    def _placement(self, signed: SignedVersion, kind: DeliveryKind) -> Placement:
        return Placement(
            series_instance_uid=_uid(signed.report_id, 0, kind),
            sop_instance_uid=_uid(signed.report_id, signed.number, kind),
            instance_number=signed.number,
            made_at=signed.signature.signed_at.astimezone(ZoneInfo(self.time_zone)),
        )


@contextmanager
def _told() -> Iterator[None]:
    """What the DICOM library finds fault with, without the value: that may be a patient's."""
    try:
        yield
    except ValueError as error:
        raise RequestError(
            "the report cannot be made into a DICOM object",
            phase="making the documents",
            remedy="have the study's header looked at: an ill-formed value",
        ) from error


def _uid(report_id: str, number: int, kind: DeliveryKind) -> str:
    """A UID of a UUID (PS3.5 B.2) that follows from what it names; number 0 is the series."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, f'{report_id}/{number}/{kind}').int}"


def _header(document: dict[str, Any]) -> StudyHeader:
    patient, study = document["patient"], document["study"]
    came = StudyHeader(
        study_instance_uid=study["study_instance_uid"],
        patient_id=patient["patient_id"],
        issuer_of_patient_id=patient["issuer_of_patient_id"],
        patient_name=person_name(**patient["patient_name"]),
        patient_birth_date=patient["patient_birth_date"],
        patient_sex=patient["patient_sex"],
        study_date=study["study_date"],
        study_time=study["study_time"],
        accession_number=study["accession_number"],
        referring_physician=study["referring_physician"],
        study_description=study["study_description"],
    )
    return cleaned(came)


def _referenced(
    read: Iterable[dict[str, Any]], images: Sequence[KnownImage], macs: Mapping[str, ImageMac]
) -> tuple[ReferencedImage, ...]:
    by_uid = {image.sop_instance_uid: image for image in images}
    ordered = sorted(read, key=lambda one: (one["sop_instance_uid"], one["frame"]))
    found = []
    for uid, frames in groupby(ordered, key=lambda one: str(one["sop_instance_uid"])):
        image = by_uid[uid]
        found.append(
            ReferencedImage(
                sop_class_uid=image.sop_class_uid,
                sop_instance_uid=uid,
                series_instance_uid=image.series_instance_uid,
                number_of_frames=len(image.frames),
                frames=tuple((one["frame"], one["digest"]) for one in frames),
                mac=macs.get(uid),
            )
        )
    return tuple(found)
