"""Orders over a real socket into a real gateway: what is answered AA is on the disk, and nothing hangs or is lost."""

import os
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dokuei.gateway import listen, order_tables
from dokuei.gateway.listen import MOST_CONNECTIONS, Listener, Times
from dokuei.gateway.order_tables import NoticeRow, RefusalRow
from dokuei.gateway.orders import Orders
from dokuei.gateway.spool import open_spool
from dokuei.settings import Hl7Settings
from dokuei.storage.audit import gateway_trail
from dokuei.storage.pki import open_authority, private_pem
from dokuei.transfer.contract import ContractScope, ContractScopes
from dokuei.transfer.orders import OrderNotice
from tests.makers.hospital import Sender, ask, correction, framed, order, said, written
from tests.makers.peers import free_port
from tests.makers.receiver import Receiver


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[tuple[Receiver, int]]:
    """A whole receiver with the port for orders open."""
    port = free_port()
    running = Receiver(tmp_path / "home", {"DOKUEI_GATEWAY__HL7__PORT": str(port)})
    running.start()
    yield running, port
    if running.process is not None and running.process.poll() is None:
        running.stop()


def notices(home: Path) -> tuple[NoticeRow, ...]:
    with closing(open_spool(home)) as spool, spool.database.read() as connection:
        assert gateway_trail.verify(connection).broken_at is None
        return order_tables.notices(connection, open_only=False, at_most=1000)


def refusals(home: Path, *, open_only: bool = True) -> tuple[RefusalRow, ...]:
    with closing(open_spool(home)) as spool, spool.database.read() as connection:
        return order_tables.refusals(connection, open_only=open_only, at_most=1000)


def test_an_order_is_kept_and_then_answered(gateway: tuple[Receiver, int]) -> None:
    """REPORT-05: an order by HL7 v2.5, and the same again is one order."""
    receiver, port = gateway
    answers = [ask(port, written(order(at=at))) for at in ("20261130100000", "20261130100500")]
    assert [said(answer)[1:3] for answer in answers] == [["AA", "1"], ["AA", "1"]]
    (row,) = notices(receiver.home)
    notice = OrderNotice.model_validate_json(row.document)
    assert notice.order is not None
    assert notice.order.patient.name.ideographic == "山田^花子"
    assert (row.state, row.action, row.placer_order_number) == ("waiting", "new", "P1")


def test_one_connection_carries_many_and_each_has_its_own_answer(gateway: tuple[Receiver, int]) -> None:
    receiver, port = gateway
    sender = Sender(port)
    with closing(sender.connection):
        kinds = [order(control_id="1"), order(control_id="2", control="XO"), correction(control_id="3")]
        sender.connection.sendall(b"".join(framed(written(one)) for one in kinds))
        assert [said(sender.answer())[2] for _ in kinds] == ["1", "2", "3"]
    assert [row.action for row in reversed(notices(receiver.home))] == ["new", "change", "update"]


def test_the_same_control_id_with_other_words_is_another_message(gateway: tuple[Receiver, int]) -> None:
    receiver, port = gateway
    for placer in ("P1", "P2"):
        assert said(ask(port, written(order(placer=placer))))[1] == "AA"
    assert {row.placer_order_number for row in notices(receiver.home)} == {"P1", "P2"}


@pytest.mark.parametrize(
    ("data", "code", "location"),
    [
        (written(order(charset="UNICODE UTF-8"), "cp932"), "AE", "MSH-18"),
        (written(order(charset="GB 18030-2000")), "AE", "MSH-18"),
        (written(order(patient_id="")), "AE", "PID-3"),
        (written(order().partition("\rOBR")[0]), "AE", "OBR"),
        (written(order(kind="SIU^S12")), "AR", "MSH-9"),
        (b"hello", "AE", "MSH"),
        (b"", "AE", "MSH"),
    ],
)
def test_what_is_not_understood_is_answered_and_its_bytes_stay(
    gateway: tuple[Receiver, int], data: bytes, code: str, location: str
) -> None:
    receiver, port = gateway
    for _ in range(2):
        answer = ask(port, data)
        assert said(answer)[1] == code
        assert said(answer, "ERR")[2].partition("^")[0] == location.partition("-")[0]
        assert "山田" not in answer
    (entry,) = refusals(receiver.home)
    assert (entry.location, entry.times) == (location, 2)
    with closing(open_spool(receiver.home)) as spool, spool.database.read() as connection:
        assert order_tables.refused_bytes(connection, entry.id) == data
    assert notices(receiver.home) == ()


def test_a_message_that_comes_right_the_second_time_needs_nobodys_look(gateway: tuple[Receiver, int]) -> None:
    receiver, port = gateway
    ask(port, written(order(patient_id="")))
    assert len(refusals(receiver.home)) == 1
    ask(port, written(order()))
    assert refusals(receiver.home) == ()
    assert len(refusals(receiver.home, open_only=False)) == 1


def test_a_cut_message_is_no_order_and_its_sender_can_send_it_again(gateway: tuple[Receiver, int]) -> None:
    receiver, port = gateway
    whole = written(order())
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(b"\x0b" + whole[: len(whole) // 2])
    connection.close()
    deadline = time.monotonic() + 10
    while not refusals(receiver.home):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert notices(receiver.home) == ()
    assert said(ask(port, whole))[1] == "AA"
    assert refusals(receiver.home) == ()
    assert len(notices(receiver.home)) == 1


def test_a_message_beyond_all_measure_is_answered_and_the_next_one_taken(gateway: tuple[Receiver, int]) -> None:
    receiver, port = gateway
    huge = written(order()) + b"\rNTE|1||" + b"x" * (listen.MESSAGE_BYTES + 1)
    answer = ask(port, huge)
    assert said(answer)[1] == "AR"
    assert "MB" in said(answer, "ERR")[8]
    (entry,) = refusals(receiver.home)
    assert entry.size > listen.MESSAGE_BYTES
    assert said(ask(port, written(order())))[1] == "AA"


def test_many_at_once_are_each_answered_and_each_kept_once(gateway: tuple[Receiver, int]) -> None:
    receiver, port = gateway
    messages = [written(order(control_id=str(number), placer=f"P{number}")) for number in range(40)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda one: ask(port, one), messages * 2))
    assert {said(answer)[1] for answer in answers} == {"AA"}
    assert len(notices(receiver.home)) == 40


def test_what_was_answered_survives_a_power_cut(gateway: tuple[Receiver, int]) -> None:
    """SIGKILL to everything while orders come; whatever was answered AA is there afterwards."""
    receiver, port = gateway
    answered: list[str] = []

    def send() -> None:
        for number in range(10_000):
            try:
                answer = ask(port, written(order(control_id=str(number), placer=f"P{number}")))
            except (OSError, AssertionError):
                return
            answered.append(said(answer)[2])

    thread = threading.Thread(target=send)
    thread.start()
    while len(answered) < 20:
        time.sleep(0.01)
    receiver.kill()
    thread.join()
    kept = {row.control_id for row in notices(receiver.home)}
    assert set(answered) <= kept
    receiver.start()
    assert said(ask(port, written(order(control_id=answered[-1], placer=f"P{answered[-1]}"))))[1] == "AA"
    assert {row.control_id for row in notices(receiver.home)} == kept


def test_a_listener_that_is_killed_is_there_again(gateway: tuple[Receiver, int]) -> None:
    receiver, port = gateway
    time.sleep(1.1)
    os.kill(receiver.acceptors[-1], signal.SIGKILL)
    assert said(ask(port, written(order())))[1] == "AA"


def test_only_listed_applications_are_heard(tmp_path: Path) -> None:
    with _listening(tmp_path, Hl7Settings(sending_applications=("HIS",))) as (port, _):
        assert said(ask(port, written(order())))[1] == "AA"
        answer = ask(port, written(order().replace("|HIS|", "|STRANGER|")))
    assert said(answer)[1] == "AE"
    assert said(answer, "ERR")[2] == "MSH^1^3"
    assert [entry.location for entry in refusals(tmp_path)] == ["MSH-3"]


@pytest.mark.parametrize(
    ("listed", "stranger", "location"),
    [
        ({"sending_facilities": ("BYOIN", "BUNIN")}, order().replace("|BYOIN|", "|OTHER|"), "MSH-4"),
        ({"sending_facilities": ("BYOIN", "BUNIN")}, order().replace("|BYOIN|", "||"), "MSH-4"),
        ({"facility": "CENTER"}, order().replace("|CENTER|", "|OTHER|"), "MSH-6"),
    ],
)
def test_what_a_shared_system_says_of_another_hospital_is_nobodys_order_here(
    tmp_path: Path, listed: dict[str, Any], stranger: str, location: str
) -> None:
    with closing(open_spool(tmp_path)) as spool:
        orders = Orders(spool.database, Hl7Settings(**listed))
        answers = [orders.take(written(one), peer_address="127.0.0.1") for one in (stranger, order(control_id="2"))]
    refused, taken = (one.decode("iso2022_jp") for one in answers)
    assert (said(refused)[1], said(taken)[1]) == ("AE", "AA")
    assert said(refused, "ERR")[2] == f"MSH^1^{location[-1]}"
    assert "facility" in said(refused, "ERR")[8]
    assert [entry.location for entry in refusals(tmp_path)] == [location]
    assert len(notices(tmp_path)) == 1


def test_beyond_loopback_nobody_is_heard_who_is_not_listed(tmp_path: Path) -> None:
    lists: list[tuple[dict[str, Any], str]] = [
        ({}, "AE"),
        ({"sending_applications": ("HIS",)}, "AE"),
        ({"sending_facilities": ("BYOIN",)}, "AE"),
        ({"sending_applications": ("HIS",), "sending_facilities": ("BYOIN",)}, "AA"),
    ]
    with closing(open_spool(tmp_path)) as spool:
        for listed, code in lists:
            orders = Orders(spool.database, Hl7Settings(host="192.0.2.1", **listed))
            answer = orders.take(written(order()), peer_address="192.0.2.9").decode("iso2022_jp")
            assert said(answer)[1] == code


def test_with_tls_only_certificates_that_are_known_come_in(tmp_path: Path) -> None:
    """NET-02: TLS 1.2 or 1.3 with certificates on both sides; in the clear nothing is read."""
    port = free_port()
    environment = {"DOKUEI_GATEWAY__HL7__PORT": str(port), "DOKUEI_GATEWAY__HL7__TLS": "true"}
    receiver = Receiver(tmp_path / "home", environment)
    receiver.start()
    try:
        authority = open_authority(receiver.home / "pki")
        context = ssl.create_default_context(cafile=authority.certificate_file)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = authority.issue_client(key.public_key(), common_name="HIS", lifetime=timedelta(days=1))
        (tmp_path / "his.pem").write_bytes(private_pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
        with pytest.raises((OSError, AssertionError)):
            ask(port, written(order()), context)  # without a certificate
        with pytest.raises((OSError, AssertionError)):
            ask(port, written(order()))
        context.load_cert_chain(tmp_path / "his.pem")
        assert said(ask(port, written(order()), context))[1] == "AA"
        assert len(notices(receiver.home)) == 1
    finally:
        receiver.stop()


def test_a_slow_sender_is_told_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    with _listening(tmp_path, Hl7Settings(), Times(idle=30, message=1.0)) as (port, _):
        slow = Sender(port)
        with closing(slow.connection):
            slow.connection.sendall(b"\x0bMSH|^~\\&|HIS|")
            began = time.monotonic()
            assert said(ask(port, written(order())))[1] == "AA"
            assert time.monotonic() - began < 0.9
            answer = slow.answer()
            assert said(answer)[1] == "AE"
            assert "cut off" in said(answer, "ERR")[8]
            assert slow.connection.recv(1) == b""


def test_a_silent_connection_ends_and_says_nothing(tmp_path: Path) -> None:
    with _listening(tmp_path, Hl7Settings(), Times(idle=0.3, message=1.0)) as (port, _):
        silent = Sender(port)
        with closing(silent.connection):
            silent.connection.settimeout(5)
            assert silent.connection.recv(1) == b""
    assert refusals(tmp_path) == ()


def test_where_all_places_are_taken_the_longest_silent_gives_way(tmp_path: Path) -> None:
    with _listening(tmp_path, Hl7Settings()) as (port, listener):
        held = [Sender(port) for _ in range(MOST_CONNECTIONS)]
        deadline = time.monotonic() + 5
        while len(listener._talks) < MOST_CONNECTIONS:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert said(ask(port, written(order())))[1] == "AA"
        held[0].connection.settimeout(5)
        assert held[0].connection.recv(1) == b""
        assert said(held[-1].ask(written(order(control_id="2"))))[1] == "AA"
        for one in held:
            one.close()


def test_a_full_disk_is_a_failure_of_ours_and_nothing_is_said_to_be_kept(tmp_path: Path) -> None:
    with closing(open_spool(tmp_path)) as spool:
        with spool.database.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TRIGGER full BEFORE INSERT ON order_notice BEGIN SELECT RAISE(ABORT, 'disk'); END"
            )
            connection.exec_driver_sql(
                "CREATE TRIGGER full2 BEFORE INSERT ON order_refusal BEGIN SELECT RAISE(ABORT, 'disk'); END"
            )
        orders = Orders(spool.database, Hl7Settings())
        for data in (written(order()), b"hello"):
            answer = orders.take(data, peer_address="127.0.0.1").decode()
            assert said(answer)[1] == "AR"
            assert said(answer, "ERR")[3].startswith("207")


def test_without_room_a_sender_is_asked_to_come_again(tmp_path: Path) -> None:
    with closing(open_spool(tmp_path)) as spool:
        answer = Orders(spool.database, Hl7Settings(), has_room=lambda: False).take(written(order()), peer_address="")
    assert (said(answer.decode("iso2022_jp"))[1], notices(tmp_path)) == ("AR", ())


@pytest.mark.parametrize(
    ("scopes", "code", "condition", "where", "words"),
    [
        ((), "AR", "207", "ORC-1", "契約が登録されていません"),
        ((ContractScope(valid_until=date(2020, 3, 31)),), "AR", "207", "ORC-1", "2020-03-31で終了"),
        ((ContractScope(modalities=("US",)),), "AE", "103", "OBR-24", "契約の範囲外のモダリティです: MG"),
        ((ContractScope(kinds=("consultation",)),), "AE", "103", "OBR-46", "契約の範囲外の読影種別です: 検診読影"),
    ],
)
def test_an_order_outside_the_contract_is_refused_in_its_answer_and_taken_once_it_is_inside(
    tmp_path: Path, scopes: tuple[ContractScope, ...], code: str, condition: str, where: str, words: str
) -> None:
    """JRS-03: the hospital's system hears why at once, and its staff finds it; what it cancels is always taken."""
    lines = order().split("\r")
    at = next(number for number, line in enumerate(lines) if line.startswith("OBR"))
    lines[at] = f"{lines[at]}{'|' * (46 - lines[at].count('|'))}SCREENING^検診"
    message = "\r".join(lines)
    with closing(open_spool(tmp_path)) as spool:
        told = [ContractScopes(scopes=scopes)]
        orders = Orders(spool.database, Hl7Settings(), contract=lambda: told[0])
        answer = orders.take(written(message), peer_address="").decode("iso2022_jp")
        assert said(answer)[1] == code
        assert said(answer, "ERR")[3].startswith(condition)
        assert words in said(answer, "ERR")[8]
        assert notices(tmp_path) == ()
        (refusal,) = refusals(tmp_path)
        assert (refusal.location, words in refusal.reason, "contract" in refusal.reason) == (where, True, True)
        canceled = orders.take(written(message.replace("|NW|", "|CA|").replace("ORC|NW", "ORC|CA")), peer_address="")
        assert said(canceled.decode("iso2022_jp"))[1] == "AA"
        told[0] = ContractScopes(scopes=(ContractScope(),))
        assert said(orders.take(written(message), peer_address="").decode("iso2022_jp"))[1] == "AA"
        assert refusals(tmp_path) == (), "the same again is settled"
    (first, *_) = notices(tmp_path)
    notice = OrderNotice.model_validate_json(first.document)
    assert notice.order is not None
    assert notice.order.kind == "screening"


def test_no_patient_stands_in_the_log(gateway: tuple[Receiver, int]) -> None:
    receiver, port = gateway
    ask(port, written(order()))
    ask(port, written(order(patient_id="", control_id="2")))
    assert receiver.process is not None
    receiver.process.send_signal(signal.SIGTERM)
    log = receiver.process.communicate(timeout=20)[0]
    assert "order.received" in log
    assert not any(secret in log for secret in ("山田", "0001234", "YAMADA", "しこり"))


@contextmanager
def _listening(home: Path, settings: Hl7Settings, times: Times | None = None) -> Iterator[tuple[int, Listener]]:
    stop = threading.Event()
    with closing(open_spool(home)) as spool, closing(socket.create_server(("127.0.0.1", 0))) as door:
        port = door.getsockname()[1]
        listener = Listener(Orders(spool.database, settings), door, times=times or Times())
        thread = threading.Thread(target=listener.run, args=(stop,))
        thread.start()
        try:
            yield port, listener
        finally:
            stop.set()
            thread.join()
