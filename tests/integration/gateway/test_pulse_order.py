"""The test patient's order: understood like the hospital's, on nobody's list, and nobody else can send it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from sqlalchemy import func, select

from dokuei.clock import now
from dokuei.gateway import order_tables
from dokuei.gateway.hl7.message import read_message
from dokuei.gateway.hl7.order import AccessionField, understand
from dokuei.gateway.orders import Orders
from dokuei.gateway.own_doors import own_dimse, own_mllp
from dokuei.gateway.pulse_order import order_message
from dokuei.gateway.spool import Spool, open_spool
from dokuei.gateway.steps.tables import scheduled_step
from dokuei.phantom.pulse import make_pulse
from dokuei.settings import Hl7Settings, Settings, read_settings
from dokuei.storage.audit import gateway_entries
from dokuei.transfer.orders import OrderNotice
from dokuei.transfer.pulses import pulse_order_number
from tests.makers.hospital import order, said, written

_NUMBER = pulse_order_number("g1")


@pytest.fixture
def image(tmp_path: Path) -> Dataset:
    path = tmp_path / "pulse.dcm"
    make_pulse(path, study_instance_uid="2.25.1", sop_instance_uid="2.25.2", at=now())
    return dcmread(path)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    (tmp_path / "home").mkdir()
    with closing(open_spool(tmp_path / "home")) as opened:
        yield opened


def _message(image: Dataset, *, application: str = "DOKUEI", number: str = _NUMBER) -> bytes:
    return order_message(image, application=application, number=number, control_id="c1")


def _answer(orders: Orders, data: bytes, address: str = "127.0.0.1") -> str:
    return said(orders.take(data, peer_address=address).decode())[1]


@pytest.mark.parametrize("where", ["first-found", "IPC-1", "OBR-18", "OBR-19", "filler"])
def test_it_says_what_the_image_says_wherever_the_number_is_looked_for(image: Dataset, where: AccessionField) -> None:
    (asked,) = understand(read_message(_message(image), default="ascii"), accession_number=where).orders
    assert (asked.placer_order_number, asked.accession_number) == (_NUMBER, image.AccessionNumber)
    name = asked.patient.name
    assert f"{name.alphabetic}={name.ideographic}={name.phonetic}" == str(image.PatientName)
    assert (asked.patient.patient_id, asked.patient.issuer_of_patient_id) == (image.PatientID, "")
    assert (asked.patient.birth_date, asked.patient.sex, asked.modality) == (image.PatientBirthDate, "F", "MG")


def test_it_waits_for_the_hub_and_is_on_no_list_of_the_hospital(spool: Spool, image: Dataset) -> None:
    """Whoever is listed as a sender, and whatever a contract says."""
    settings = Hl7Settings(sending_applications=("HIS",))
    orders = Orders(spool.database, settings, pulse_number=lambda: _NUMBER)
    for _ in range(2):
        assert _answer(orders, _message(image)) == "AA"
    with spool.database.read() as connection:
        (waiting,) = order_tables.to_tell(connection)
        assert OrderNotice.model_validate_json(waiting.document).source == "pulse"
        assert order_tables.notices(connection, open_only=False, at_most=9) == ()
        assert order_tables.counts(connection).waiting == 0
        named = {"accession_number": image.AccessionNumber, "patient_id": image.PatientID}
        assert order_tables.order_of(connection, study_instance_uid="", **named) is None
        for table in (scheduled_step, gateway_entries):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_nobody_else_sends_it(spool: Spool, image: Dataset) -> None:
    """Its number alone opens nothing: neither for another sender, nor from elsewhere, nor beside another order."""
    orders = Orders(spool.database, Hl7Settings(sending_applications=("HIS",)), pulse_number=lambda: _NUMBER)
    hospitals = written(order(placer=_NUMBER))
    ours = _message(image)
    with_another = ours + b"ORC|NW|P1|F1\rOBR|1|P1|F1\r"
    for data, address in ((ours, "192.0.2.7"), (with_another, "127.0.0.1")):
        assert _answer(orders, data, address) == "AE", address
    assert _answer(orders, hospitals, "192.0.2.7") == "AA"
    unknown = Orders(spool.database, Hl7Settings(), pulse_number=lambda: "")
    assert _answer(unknown, _message(image, number="")) == "AA", "not enrolled"
    with spool.database.read() as connection:
        assert order_tables.pulse_notice(connection) is None
        assert {one.placer_order_number for one in order_tables.notices(connection, open_only=False, at_most=9)} == {
            _NUMBER,
            "",
        }


def _settings(home: Path, **environment: str) -> Settings:
    return read_settings(home, environment={f"DOKUEI_GATEWAY__{name}": value for name, value in environment.items()})


def test_the_gateways_own_doors_are_found_with_tls_too(tmp_path: Path) -> None:
    """By a certificate of the home's own authority, which stays; where that is not believed there is no way in."""
    plain = _settings(tmp_path, PORT="11112", HL7__PORT="2575")
    assert (own_dimse(plain).tls, own_mllp(plain)) == (False, own_mllp(plain))
    assert own_mllp(_settings(tmp_path)) is None, "nobody listens for orders"
    elsewhere = {"HOST": "0.0.0.0", "TLS_PORT": "2762", "HL7__HOST": "0.0.0.0", "HL7__PORT": "2575"}  # noqa: S104 - reached by loopback here
    both = _settings(tmp_path, **elsewhere)
    door, orders = own_dimse(both), own_mllp(both)
    assert (door.host, door.port, door.tls) == ("127.0.0.1", 2762, True)
    assert orders is not None
    assert (orders.host, orders.certificate) == ("127.0.0.1", door.certificate)
    assert door.certificate is not None
    before = door.certificate.read_bytes()
    own_dimse(both)
    assert door.certificate.read_bytes() == before
    others = _settings(tmp_path, **elsewhere, TLS_CLIENT_CA=str(tmp_path / "hospital.pem"))
    assert own_mllp(others) is None
