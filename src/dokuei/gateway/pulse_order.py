"""The test patient's order: an HL7 message like the hospital's, over the gateway's own listener where it has one."""

import uuid
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset

from dokuei.clock import now
from dokuei.gateway.enrol import identity_of
from dokuei.gateway.hl7.answer import moment
from dokuei.gateway.hl7.charset import ISO_2022_JP, SEGMENT_END
from dokuei.gateway.hl7.message import escape, write_segment
from dokuei.gateway.hl7.result import CHARSETS
from dokuei.gateway.orders import Orders
from dokuei.gateway.own_doors import own_mllp
from dokuei.gateway.say import demand_accepted, say
from dokuei.settings import Settings
from dokuei.storage.db import Database
from dokuei.transfer.pulses import pulse_order_number

_PHASE: Final = "taking a pulse"
_ANSWER_SECONDS: Final = 45.0
_CONTROL_ID_LETTERS: Final = 20
_GROUPS: Final = (("ideographic", "I"), ("phonetic", "P"), ("alphabetic", "A"))


def own_order_number(home: Path) -> str:
    """Which order is the test patient's; empty where the gateway is not enrolled."""
    enrolment = identity_of(home).read()
    return "" if enrolment is None else pulse_order_number(enrolment.gateway_id)


def place_order(settings: Settings, database: Database, image: Dataset) -> None:
    """Ask for a reading of the test image: by MLLP where the gateway listens, else as a message that came in.

    Raises:
        UnreachableError: its own listener does not answer.
        PeerRefusedError: it did not take the order.
    """
    control_id = uuid.uuid4().hex[:_CONTROL_ID_LETTERS]
    number = own_order_number(settings.home)
    body = order_message(image, application=settings.gateway.hl7.application, number=number, control_id=control_id)
    door = own_mllp(settings)
    if door is not None:
        say(door, body, expected_control_id=control_id, seconds=_ANSWER_SECONDS, phase=_PHASE)
        return
    orders = Orders(database, settings.gateway.hl7, pulse_number=lambda: number)
    answer = orders.take(body, peer_address="127.0.0.1")
    demand_accepted(answer, expected_control_id=control_id, phase=_PHASE)


def order_message(image: Dataset, *, application: str, number: str, control_id: str) -> bytes:
    """OMI^O23 (HL7 v2.5 4.4.10) with the accession number in every place that one may be set to be looked for."""
    at, accession = moment(now().astimezone()), escape(str(image.AccessionNumber))
    charset = CHARSETS[ISO_2022_JP]
    segments = [
        write_segment(
            "MSH",
            f1="^~\\&",
            f2=escape(application),
            f4=escape(application),
            f6=at,
            f8="OMI^O23^OMI_O23",
            f9=control_id,
            f10="P",
            f11="2.5",
            f17=charset.declared,
        ),
        write_segment(
            "PID",
            f3=f"{escape(str(image.PatientID))}^^^^PI",
            f5="~".join(_name(image, group, code) for group, code in _GROUPS),
            f7=str(image.PatientBirthDate),
            f8=str(image.PatientSex),
        ),
        write_segment("ORC", f1="NW", f2=number, f3=accession),
        write_segment(
            "OBR",
            f1="1",
            f2=number,
            f3=accession,
            f4=f"^{escape(image.StudyDescription)}",
            f18=accession,
            f19=accession,
        ),
        write_segment("IPC", f1=accession, f5=str(image.Modality)),
    ]
    return charset.encode(SEGMENT_END.join(segments) + SEGMENT_END)


def _name(image: Dataset, group: str, code: str) -> str:
    """An XPN of one representation (HL7 v2.5 2.A.88)."""
    parts = [escape(part) for part in str(getattr(image.PatientName, group)).split("^")]
    return f"{'^'.join([*parts, '', ''][:2])}^^^^^L^{code}"
