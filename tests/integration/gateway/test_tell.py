"""The hub is told of orders over the real, signed line: again and again, each once, and never lost."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.gateway import order_tables
from dokuei.gateway.enrol import enrol
from dokuei.gateway.order_tables import NoticeRow
from dokuei.gateway.orders import Orders
from dokuei.gateway.pseudonyms import open_key
from dokuei.gateway.spool import open_spool
from dokuei.settings import Hl7Settings
from dokuei.storage.audit import gateway_trail
from tests.makers.gateway_worker import Worker
from tests.makers.hospital import ask, correction, order, said, written
from tests.makers.order_hub import OrderHub, order_hub
from tests.makers.peers import free_port
from tests.makers.receiver import Receiver


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[OrderHub]:
    made = order_hub(tmp_path / "hub")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def worker(hub: OrderHub, tmp_path: Path) -> Iterator[Worker]:
    made = Worker(
        tmp_path / "gateway",
        {
            "DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{hub.port}",
            "DOKUEI_GATEWAY__RETRY_CEILING_SECONDS": "1",
        },
    )
    made.home.mkdir()
    enrol(made.settings, hub.service.invite("kita", actor="test"))
    yield made
    made.kill()


def _take(home: Path, *messages: str) -> None:
    with closing(open_spool(home)) as spool:
        orders = Orders(spool.database, Hl7Settings())
        for message in messages:
            assert said(orders.take(written(message), peer_address="127.0.0.1").decode("iso2022_jp"))[1] == "AA"


def _rows(home: Path) -> tuple[NoticeRow, ...]:
    with closing(open_spool(home)) as spool, spool.database.read() as connection:
        assert gateway_trail.verify(connection).broken_at is None
        return order_tables.notices(connection, open_only=False, at_most=1000)[::-1]


def _until(condition: Callable[[], bool], worker: Worker, *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{_rows(worker.home)}\n{worker.log()[-3000:]}"
        time.sleep(0.1)


def test_what_a_hospital_says_reaches_the_hub_in_its_order(hub: OrderHub, worker: Worker) -> None:
    _take(worker.home, order(), order(control_id="2", control="XO"), correction(event="A40", prior="0009"))
    worker.start()
    _until(lambda: all(row.state == "taken" for row in _rows(worker.home)), worker)
    told = hub.taken()
    words = [one.order or one.correction for one in told]
    assert [one.action for one in words if one is not None] == ["new", "change", "merge"]
    assert told[0].order is not None
    assert told[0].order.patient.name.ideographic == "山田^花子"
    assert told[0].source == "hl7"
    worker.stop()
    assert not any(secret in worker.log() for secret in ("山田", "0001234", "YAMADA", "しこり"))


def test_sigkill_between_receipt_and_telling_loses_nothing(hub: OrderHub, worker: Worker) -> None:
    """Over a real socket, with the hub away, and everything killed before it could be told."""
    hub.kill()
    port = free_port()
    receiver = Receiver(worker.home, {**worker.environment, "DOKUEI_GATEWAY__HL7__PORT": str(port)})
    receiver.start()
    worker.start()
    assert said(ask(port, written(order())))[1] == "AA"
    _until(lambda: "order.hub_not_reached" in worker.log(), worker)
    worker.kill()
    receiver.kill()
    hub.start()
    worker.start()
    _until(lambda: [row.state for row in _rows(worker.home)] == ["taken"], worker)
    assert len(hub.taken()) == 1


def test_a_hub_that_dies_after_taking_is_told_again_and_knows_it(hub: OrderHub, worker: Worker) -> None:
    hub.rule("silent")  # it heard and said nothing of it, as if it had died before its answer
    _take(worker.home, order())
    worker.start()
    _until(lambda: "did not answer for it" in _rows(worker.home)[0].reason, worker)
    hub.rule("take")
    _until(lambda: _rows(worker.home)[0].state == "taken", worker)
    assert len(hub.taken()) == 1


def test_what_the_hub_refuses_is_seen_and_told_again_when_it_is_said_again(hub: OrderHub, worker: Worker) -> None:
    hub.rule("refuse")
    _take(worker.home, order())
    worker.start()
    _until(lambda: _rows(worker.home)[0].state == "refused", worker)
    (row,) = _rows(worker.home)
    assert row.reason == "not in the contract"
    hub.rule("take")
    _take(worker.home, order())
    _until(lambda: _rows(worker.home)[0].state == "taken", worker)


def test_one_that_the_hub_cannot_read_holds_no_other_back(hub: OrderHub, worker: Worker) -> None:
    hub.rule("unread")
    _take(worker.home, *(order(control_id=str(n), placer=f"P{n}", accession=f"A{n}") for n in (1, 2, 3)))
    worker.start()
    _until(lambda: [row.state for row in _rows(worker.home)] == ["taken", "waiting", "taken"], worker)
    _until(lambda: _rows(worker.home)[1].attempts > 1, worker)
    assert "as the test wishes" in _rows(worker.home)[1].reason
    hub.rule("take")
    _until(lambda: _rows(worker.home)[1].state == "taken", worker)


def test_under_pseudonyms_nothing_that_names_somebody_leaves(hub: OrderHub, worker: Worker) -> None:
    """JRS-11: numbers become what the images' become; free text stays, and the list says which."""
    worker.environment["DOKUEI_GATEWAY__PSEUDONYMS__REQUIRED"] = "true"
    without_uid = order(control_id="2", placer="P2", accession="A2", study="")
    _take(worker.home, order(), correction(event="A40", prior="0009"), without_uid)
    worker.start()
    _until(lambda: all(row.state == "taken" for row in _rows(worker.home)), worker)
    with closing(open_spool(worker.home)) as spool:
        pseudonyms = Pseudonyms(open_key(worker.home, spool.database))
    told = (hub.home / "orders.jsonl").read_text(encoding="utf-8")
    secrets = (
        "山田",
        "YAMADA",
        "ヤマダ",
        "0001234",
        "0009",
        "P1",
        "P2",
        "F1",
        "しこり",
        "鈴木",
        "乳腺",
        "19700203",
        "乳癌",
    )
    # As a word of its own: a pseudonym is random letters and digits, two of which may well be these.
    assert [secret for secret in secrets if re.search(rf"(?<![0-9A-Za-z]){secret}(?![0-9A-Za-z])", told)] == []
    first, second, third = hub.taken()
    assert first.order is not None
    assert second.correction is not None
    who = pseudonyms.patient("0001234", "", "1.2.392.1.5")
    assert first.order.patient.patient_id == second.correction.patient.patient_id == who
    assert first.order.accession_number == pseudonyms.accession_number("A1")
    assert first.order.study_instance_uid == pseudonyms.uid("1.2.392.1.5")
    given = _rows(worker.home)[2].study_instance_uid
    assert third.order is not None
    assert (third.order.study_instance_uid, third.order.worklist_study_instance_uid) == (None, pseudonyms.uid(given))
    assert given not in told
    assert second.correction.prior_patient_id == pseudonyms.patient("0009", "", "")
    assert (first.order.procedure.scheme, first.order.modality, first.order.priority) == ("JJ1017", "MG", "urgent")
    keys = {row.message_key.partition("/")[0] for row in _rows(worker.home)}
    assert not any(key in told for key in keys)
    withheld = _rows(worker.home)[0].withheld.split()
    assert {"reason", "clinical_information", "requesting_physician"} <= set(withheld)
