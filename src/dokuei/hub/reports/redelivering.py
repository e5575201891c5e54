"""A sealed file that was stamped anew goes out again, as the same version of the report (REC-20).

The hospital's copy would not outlive the certificates otherwise. The first archive stamp, which follows each
time-stamped signature at once, is not sent alone: the next renewal comes before anything ends, and brings it.
"""

import uuid
from dataclasses import dataclass

from pydicom import dcmread
from pydicom.filebase import DicomBytesIO
from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.dicom.encapsulated_pdf import stamped_anew
from dokuei.dicom.report_header import part10
from dokuei.hub.reports import store_deliveries
from dokuei.hub.reports.deliveries import Delivery, Made
from dokuei.hub.reports.seal_model import KeptVersion
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

_NAMESPACE = uuid.UUID("a2b54d7f-6c55-4f0b-8a1e-0d3c2f9b7e11")


@dataclass(frozen=True)
class Again:
    """The object to deliver, and the first one of the same version."""

    made: Made
    first: Delivery
    stamps: int


@dataclass(frozen=True)
class Redelivering:
    """Makes the object that is delivered again, where the version was delivered at all."""

    database: Database
    blobs: Blobs

    def prepare(self, kept: KeptVersion, stamped: bytes, *, renewed: bool) -> Again | None:
        """The object with the new file, its bytes kept; None where nothing goes out.

        ``renewed``: the file had been stamped since it was sealed, so that this stamp replaces one that ends.
        """
        if not renewed and kept.sealed.time_stamp == "stamped":
            return None
        with self.database.read() as connection:
            sent = store_deliveries.documents_of(connection, kept.signed.report_id, kept.signed.number)
        if not sent:
            return None  # one of two blind readings never leaves
        first, stamps = sent[0], sent[-1].stamps + 1
        named = f"{first.sop_instance_uid}/{stamps}"
        made = stamped_anew(
            dcmread(DicomBytesIO(self.blobs.read(first.blob_key))),
            stamped,
            sop_instance_uid=f"2.25.{uuid.uuid5(_NAMESPACE, named).int}",
            stamps=stamps,
            at=now(),
        )
        key = f"{first.blob_key.removesuffix('.dcm')}.{uuid.uuid4().hex}.dcm"
        again = Made("pdf", first.sop_class_uid, made.SOPInstanceUID, key, part10(made))
        self.blobs.put(key, again.data)
        return Again(again, first, stamps)

    @staticmethod
    def send(connection: Connection, again: Again) -> None:
        """On its way, in the transaction that says that the file was stamped."""
        store_deliveries.add(
            connection,
            again.made,
            site_id=again.first.site_id,
            report_id=again.first.report_id,
            number=again.first.number,
            study_instance_uid=again.first.study_instance_uid,
            stamps=again.stamps,
        )
