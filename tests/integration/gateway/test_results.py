"""A signed report to the hospital's system: in its letters, under its numbers, and sent only when it says AA to it."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import hl7
import pytest
from hl7apy.parser import parse_message
from sqlalchemy import insert, select, update

from dokuei.clock import now
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import ConfigurationError
from dokuei.gateway import order_tables, pseudonym_tables, result_tables
from dokuei.gateway.deliver import Deliverer
from dokuei.gateway.deliver_tables import deliver_object
from dokuei.gateway.link import Link
from dokuei.gateway.orders import Orders
from dokuei.gateway.pacs_tls import client_context
from dokuei.gateway.pseudonym_tables import Patient
from dokuei.gateway.reidentify import Reidentifier
from dokuei.gateway.result_tables import Result, ResultCounts, result_message
from dokuei.gateway.results import Results
from dokuei.gateway.spool import open_spool
from dokuei.settings import Destination, GatewaySettings, Hl7Settings, ResultDestination, Settings
from dokuei.storage.audit import gateway_entries, gateway_trail
from dokuei.storage.db import Database
from dokuei.storage.pki import open_authority, server_certificate
from tests.makers.delivering import Line
from tests.makers.hospital import InformationSystem, accepted, order, written
from tests.makers.peers import free_port
from tests.makers.reading import TEXT, ReadingRoom, reading_room


@dataclass
class Way:
    """Everything between a signed report and the hospital's system."""

    room: ReadingRoom
    database: Database
    deliverer: Deliverer
    results: Results
    his: InformationSystem
    client: Any
    item: str

    @property
    def destination(self) -> ResultDestination:
        found = self.results.settings.gateway.hl7.results
        assert found is not None
        return found

    def turn(self) -> None:
        """One round, with every wait over."""
        with self.database.begin() as connection:
            connection.execute(update(result_message).values(not_before=None))
        self.results.make(self.destination)
        self.results.send(self.destination)

    def rows(self) -> tuple[Result, ...]:
        with self.database.read() as connection:
            return result_tables.results(connection, open_only=False, at_most=100)

    def told(self) -> str:
        """How the HIS stands with the report, as the hub is told and shows it."""
        self.deliverer.report(Line(self.room))  # type: ignore[arg-type] # the same verbs as the real client
        (sr,) = (
            one
            for one in self.client.get(f"/api/v1/worklist/{self.item}/report").json()["deliveries"]
            if one["kind"] == "sr"
        )
        (place,) = sr["places"]
        assert place["outlet"] == "his"
        state: str = place["state"]
        return state

    def counts(self) -> ResultCounts:
        with self.database.read() as connection:
            return result_tables.counts(connection)


def _settings(home: Path, his: InformationSystem, **more: Any) -> Settings:
    results = ResultDestination(host="127.0.0.1", port=his.port, facility="BYOIN", **more)
    pacs = Destination(ae_title="PACS", host="127.0.0.1", port=free_port())
    return Settings(home=home, gateway=GatewaySettings(pacs=pacs, hl7=Hl7Settings(results=results)))


@pytest.fixture
def way(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Way]:
    his = InformationSystem()
    settings = _settings(tmp_path / "gateway", his, **getattr(request, "param", {}))
    with reading_room(tmp_path / "hub") as room, closing(open_spool(settings.home)) as spool:
        names = "YAMADA^HANAKO=山田^花子=ヤマダ^ハナコ"
        item = room.mammogram_case(
            patient_id="0001234", AccessionNumber="A1", PatientName=names, SpecificCharacterSet="ISO_IR 192"
        )
        client = room.reader("reader.a")
        room.written(client, item)
        assert room.signed(client, item, room.keys["reader.a"]).status_code == 200
        link = Link(1.0, threading.Event())
        line: Any = Line(room)
        deliverer = Deliverer(settings, spool.database, link, lambda: line)
        reidentify = Reidentifier(spool.database, lambda: Pseudonyms(b"k" * 32))
        results = Results(settings, spool.database, link, deliverer.folder, reidentify, answer_seconds=1.0)
        deliverer.fetch(line)
        yield Way(room, spool.database, deliverer, results, his, client, item)


def _place(way: Way, **words: str) -> None:
    answer = Orders(way.database, Hl7Settings()).take(written(order(**words)), peer_address="127.0.0.1")
    assert b"|AA|" in answer


def test_a_report_goes_out_as_it_was_signed(way: Way) -> None:
    """REPORT-05: ORU^R01 with accession number, Study UID and status, in ISO-2022-JP, read by two other libraries."""
    _place(way)
    with way.his.running():
        way.turn()
    text = way.his.text(0)
    assert parse_message(text).validate()
    message = hl7.parse(text)
    assert text.split("\r")[0].split("|")[17] == "~ISO IR87"
    assert text.startswith(r"MSH|^~\&|DOKUEI||HIS|BYOIN|")
    person, request = message.segment("PID"), message.segment("OBR")
    assert str(person[3]) == "0001234^^^BYOIN^PI"
    assert str(person[5]) == "山田^花子^^^^^L^I~ヤマダ^ハナコ^^^^^L^P~YAMADA^HANAKO^^^^^L^A"
    assert [str(request[field]) for field in (2, 3, 18, 25)] == ["P1", "F1", "A1", "F"]
    assert str(request[4]).startswith("10010000000000000000000000000000^乳房撮影 両側^JJ1017")
    told = {str(obx[3]).split("^")[1]: str(obx[5]) for obx in message.segments("OBX")}
    assert told["所見"] == "右乳房U領域に径12 mmの腫瘤。\\.br\\境界は微細鋸歯状。髙橋先生へ。"
    assert told["診断"] == "悪性の疑い。組織診を勧める。"
    assert told["マンモグラフィカテゴリー（右）"] == "MG-4^カテゴリー 4^99DOKUEI"
    assert told["マンモグラフィカテゴリー（左）"] == "MG-1^カテゴリー 1^99DOKUEI"
    assert told["Study Instance UID"] == way.rows()[0].study_instance_uid
    assert {str(obx[11]) for obx in message.segments("OBX")} == {"F"}
    (row,) = way.rows()
    assert row.sent_at is not None
    assert (row.status, row.error, row.note) == ("F", "", "")
    with way.database.read() as connection:
        assert gateway_trail.verify(connection).broken_at is None
        assert "result.sent" in [one.event for one in connection.execute(select(gateway_entries))]


@pytest.mark.parametrize("way", [{"character_set": "utf-8"}], indirect=True)
def test_utf_8_where_the_hospital_wants_it_and_no_order_here(way: Way) -> None:
    with way.his.running():
        way.turn()
    assert "|UNICODE UTF-8" in way.his.taken[0].decode().split("\r")[0]
    assert "髙橋先生" in way.his.text(0)
    assert way.rows()[0].note == "no order here has its numbers"
    assert parse_message(way.his.text(0)).validate()


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (lambda text: accepted(text, "AE"), "it answered AE"),
        (lambda text: accepted(text, "AR") + b"ERR||PID^1^3|101^Required field missing^HL70357|E\r", "AR PID^1^3 101"),
        (lambda text: accepted(text, "CA"), "it answered CA"),
        (lambda text: accepted(text, control_id="another"), "to another message"),
        (lambda _text: b"MSH|^~\\&|HIS|||||||1|P|2.5\r", "acknowledges nothing"),
        (lambda _text: b"thank you", "no HL7 message"),
        (lambda _text: None, "did not answer"),
    ],
)
def test_only_aa_to_this_message_is_sent(way: Way, reply: Any, shown: str) -> None:
    """A wrong answer from the other side shows as such, never as sent; the same message goes again."""
    way.his.reply = reply
    with way.his.running():
        for _ in range(2):
            way.turn()
        (row,) = way.rows()
        assert row.sent_at is None
        assert shown in row.error
        assert row.attempts == 2
        assert way.counts() == ResultCounts(waiting=1, sent=0, error=row.error)
        way.his.reply = accepted
        way.turn()
    assert way.rows()[0].sent_at is not None
    assert way.his.taken[0] == way.his.taken[1] == way.his.taken[2]


def test_a_system_that_is_away_is_told_when_it_is_back(way: Way) -> None:
    for _ in range(3):
        way.turn()
    (row,) = way.rows()
    assert (row.attempts, "does not answer" in row.error) == (3, True)
    assert way.told() == "refused"
    with way.his.running():
        way.turn()
        way.turn()
    assert len(way.his.taken) == 1
    assert way.told() == "stored"


def test_an_acknowledged_report_is_not_sent_again_after_a_restart(way: Way) -> None:
    with way.his.running():
        way.turn()
        again = Results(
            way.results.settings, way.database, way.results.link, way.results.folder, way.results.reidentify
        )
        again.make(way.destination)
        again.send(way.destination)
    assert len(way.his.taken) == 1


def test_a_correction_waits_for_what_it_corrects(way: Way) -> None:
    way.his.reply = lambda text: accepted(text, "AE")
    with way.his.running():
        way.turn()
        _amend(way)
        way.deliverer.fetch(Line(way.room))  # type: ignore[arg-type] # the same verbs as the real client
        way.turn()
        assert len(way.his.taken) == 2  # the first one, again
        assert way.his.taken[0] == way.his.taken[1]
        way.his.reply = accepted
        way.turn()
    states = [hl7.parse(way.his.text(number)).segment("OBR")[25] for number in (-2, -1)]
    assert [str(one) for one in states] == ["F", "C"]
    assert "所見^DCM||訂正した所見" in way.his.text(-1)


def test_messages_that_are_always_refused_crowd_out_no_others(way: Way) -> None:
    way.results.make(way.destination)
    refused = {
        "control_id": "1",
        "status": "F",
        "body": b"x",
        "made_at": now() - timedelta(days=9),
        "not_before": now() + timedelta(hours=1),
        "error": "it answered AE",
    }
    with way.database.begin() as connection:
        rows = [{**refused, "delivery_id": f"{n:032x}", "study_instance_uid": f"1.{n}"} for n in range(600)]
        connection.execute(insert(result_message), [{**one, "sop_instance_uid": "1.2"} for one in rows])
    with way.his.running():
        way.results.send(way.destination)
    assert len(way.his.taken) == 1


def test_the_file_stays_until_the_message_is_made_and_goes_then(way: Way) -> None:
    with way.database.begin() as connection:
        connection.execute(update(deliver_object).values(stored_at=deliver_object.c.fetched_at, destination="PACS"))
    way.deliverer.report(Line(way.room))  # type: ignore[arg-type] # as above
    assert len(list(way.deliverer.folder.glob("*.dcm"))) == 1  # the PDF is gone, the structured report is not
    way.results.make(way.destination)
    assert list(way.deliverer.folder.glob("*.dcm")) == []
    with way.his.running():
        way.turn()
    assert way.rows()[0].sent_at is not None


def test_reports_delivered_before_anybody_was_to_be_told_are_passed_over(way: Way) -> None:
    with way.database.begin() as connection:
        at = deliver_object.c.fetched_at
        connection.execute(update(deliver_object).values(stored_at=at, reported_at=at))
    for path in way.deliverer.folder.glob("*.dcm"):
        path.unlink()
    way.turn()
    assert way.rows() == ()
    assert way.counts() == ResultCounts(waiting=0, sent=0, error="")


def test_a_report_that_cannot_be_read_is_seen_and_tried_again(way: Way) -> None:
    (path,) = [way.deliverer.folder / f"{one.sha256}.dcm" for one in _unmade(way)]
    whole = path.read_bytes()
    path.write_bytes(b"0001234 YAMADA")
    way.turn()
    (row,) = way.rows()
    assert row.made_at is None
    assert "cannot be read" in row.error
    assert "YAMADA" not in row.error
    path.write_bytes(whole)
    with way.his.running():
        way.turn()
    assert way.rows()[0].sent_at is not None


def test_a_letter_that_iso_ir_87_lacks_is_shown_and_noted(way: Way) -> None:
    _place(way)
    with way.database.begin() as connection:
        rows = order_tables.notices(connection, open_only=False, at_most=1)
        document = rows[0].document.replace("鈴木", "𠮷木")
        connection.execute(update(order_tables.order_notice).values(document=document))
    with way.his.running():
        way.turn()
    assert "〓木" in way.his.text(0)
    assert "sent as 〓: 1" in way.rows()[0].note


@pytest.mark.filterwarnings("ignore:The string:UserWarning")  # highdicom, of a name of one component
def test_a_report_on_a_pseudonym_goes_out_under_the_true_identity(tmp_path: Path) -> None:
    """JRS-11: name, numbers and UID are put back here; what the hub knows as a pseudonym, the hospital never sees."""
    pseudonyms, his = Pseudonyms(b"k" * 32), InformationSystem()
    who = pseudonyms.patient("0001234", "", "")
    settings = _settings(tmp_path / "gateway", his)
    with reading_room(tmp_path / "hub") as room, closing(open_spool(settings.home)) as spool:
        number = pseudonyms.accession_number("A1")
        item = room.mammogram_case(patient_id=who, PatientName=who, AccessionNumber=number)
        client = room.reader("reader.a")
        room.written(client, item)
        assert room.signed(client, item, room.keys["reader.a"]).status_code == 200
        study = room.reports.pending_deliveries("kita")[0].study_instance_uid
        names = "YAMADA^HANAKO=山田^花子"
        true = Patient("1.2.392.1.5", "0001234", "", names, "19700203", "F", "20261201", "", "", "A1", "")
        with spool.database.begin() as connection:
            pseudonym_tables.note(connection, study, pseudonym=who, patient=true, at=now())
        line: Any = Line(room)
        link = Link(1.0, threading.Event())
        deliverer = Deliverer(settings, spool.database, link, lambda: line)
        deliverer.fetch(line)
        results = Results(
            settings, spool.database, link, deliverer.folder, Reidentifier(spool.database, lambda: pseudonyms)
        )
        way = Way(room, spool.database, deliverer, results, his, client, item)
        _place(way)
        with his.running():
            way.turn()
    told = his.text(0)
    assert "|0001234^^^BYOIN^PI||山田^花子^^^^^L^I~YAMADA^HANAKO^^^^^L^A||19700203|F" in told
    assert "|P1|F1|" in told
    assert "|1.2.392.1.5|" in told
    assert not any(one in told for one in (who, number, study))


def _unmade(way: Way) -> tuple[result_tables.Unmade, ...]:
    with way.database.read() as connection:
        return result_tables.unmade(connection)


def _amend(way: Way) -> None:
    path = f"/api/v1/worklist/{way.item}/report"
    draft = way.client.post(f"{path}/amendment").json()
    body = {**TEXT, "findings": "訂正した所見", "images_read": way.room.images_read(way.item)}
    saved = way.client.put(path, json=body, headers={"If-Match": f'"{draft["version"]}"'})
    assert saved.status_code == 200, saved.text
    assert way.room.signed(way.client, way.item, way.room.keys["reader.a"]).status_code == 200


def test_with_tls_the_systems_certificate_must_be_believed(way: Way, tmp_path: Path) -> None:
    """NET-02: TLS with the hospital's own authority; a stranger's certificate is told nothing."""
    hospital, stranger = (open_authority(tmp_path / name) for name in ("hospital", "stranger"))
    files = server_certificate(hospital, "his", host_names=["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.private_key)
    way.his.context = context
    with way.his.running():
        for authority, sent in ((stranger, False), (hospital, True)):
            destination = ResultDestination(
                host="localhost", port=way.his.port, tls=True, ca=authority.certificate_file
            )
            with way.database.begin() as connection:
                connection.execute(update(result_message).values(not_before=None))
            way.results.make(destination)
            way.results.send(destination)
            assert (way.rows()[0].sent_at is not None) is sent
            assert sent or "does not speak TLS as is set" in way.rows()[0].error
    assert len(way.his.taken) == 1


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    destination = ResultDestination(host="localhost", port=1, tls=True, ca=tmp_path / "none.pem")
    with pytest.raises(ConfigurationError, match=r"TLS toward HIS.*\[gateway\.hl7\.results\]"):
        client_context(destination)
