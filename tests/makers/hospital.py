"""A hospital's information system made by hand: it sends and takes HL7 messages over MLLP without any code of ours."""

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.makers.peers import free_port

_KANJI = re.compile(rb"\x1b\$B(.*?)\x1b\(B", re.DOTALL)
_BLOCK = re.compile(rb"\x0b(.*?)\x1c\r", re.DOTALL)


def order(
    *,
    control_id: str = "1",
    kind: str = "OMI^O23^OMI_O23",
    charset: str = "~ISO IR87",
    control: str = "NW",
    placer: str = "P1",
    accession: str = "A1",
    patient_id: str = "0001234",
    name: str = "山田^花子^^^^^L^I~ヤマダ^ハナコ^^^^^L^P~YAMADA^HANAKO^^^^^L^A",
    study: str = "1.2.392.1.5",
    at: str = "20261130100000",
    reason: str = "乳癌疑い",
) -> str:
    """An order as a Japanese HIS writes it, before it is encoded."""
    return "\r".join(
        [
            rf"MSH|^~\&|HIS|BYOIN|DOKUEI|CENTER|{at}||{kind}|{control_id}|P|2.5||||||{charset}||ISO 2022-1994",
            f"PID|1||{patient_id}^^^BYOIN^PI~99^^^HOKEN^NI||{name}||19700203|F",
            "PV1|1|O||||||||乳腺外科",
            f"ORC|{control}|{placer}|F1||||1^once^^20261201^^S|||||D01^鈴木^一郎^^^^^^^L^^^^^I|||||01^乳腺外科^L",
            "TQ1|1||||||20261201||S^至急^HL70078",
            (
                f"OBR|1|{placer}|F1|10010000000000000000000000000000^乳房撮影 両側^JJ1017|||||||||"
                "右乳房にしこり。\\.br\\家族歴 & 母|||||||||||MG|||||||"
                f"^{reason}^L"
            ),
            "NTE|1||ペースメーカーなし",
            "OBX|1|NM|29463-7^体重^LN||52|kg|||||F",
            f"IPC|{accession}^BYOIN|R1|{study}|S1|MG",
        ]
    )


def correction(*, event: str = "A08", control_id: str = "9", patient_id: str = "0001234", prior: str = "") -> str:
    """Other particulars of a patient, or a merge."""
    lines = [
        rf"MSH|^~\&|HIS|BYOIN|DOKUEI|CENTER|20261130100000||ADT^{event}|{control_id}|P|2.5||||||~ISO IR87",
        "EVN||20261130100000",
        f"PID|1||{patient_id}^^^BYOIN^PI||鈴木^花子^^^^^L^I||19700203|F",
    ]
    return "\r".join([*lines, f"MRG|{prior}^^^BYOIN^PI"] if prior else lines)


def written(message: str, codec: str = "iso2022_jp") -> bytes:
    """The message as bytes, by Python's own codec."""
    return message.encode(codec)


def framed(message: bytes) -> bytes:
    return b"\x0b" + message + b"\x1c\r"


@dataclass
class Sender:
    """One connection to a listener."""

    port: int
    context: ssl.SSLContext | None = None
    connection: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self.connection = (
            plain if self.context is None else self.context.wrap_socket(plain, server_hostname="localhost")
        )

    def ask(self, message: bytes) -> str:
        """Send one message and wait for its answer."""
        self.connection.sendall(framed(message))
        return self.answer()

    def answer(self) -> str:
        got = b""
        self.connection.settimeout(30)
        while not (found := _BLOCK.search(got)):
            piece = self.connection.recv(65536)
            assert piece, f"hung up after {got!r}"
            got += piece
        return found[1].decode("utf-8" if b"UTF-8" in found[1] else "iso2022_jp")

    def close(self) -> None:
        self.connection.close()


def ask(port: int, message: bytes, context: ssl.SSLContext | None = None) -> str:
    """One message over a connection of its own."""
    sender = Sender(port, context)
    try:
        return sender.ask(message)
    finally:
        sender.close()


def said(answer: str, segment: str = "MSA") -> list[str]:
    """The fields of a segment of an answer."""
    return next(line.split("|") for line in answer.split("\r") if line.startswith(segment))


def accepted(message: str, code: str = "AA", control_id: str | None = None) -> bytes:
    """An acknowledgement as a HIS writes it."""
    named = message.split("\r", maxsplit=1)[0].split("|")[9] if control_id is None else control_id
    return f"MSH|^~\\&|HIS|BYOIN|DOKUEI||20261130||ACK^R01^ACK|H1|P|2.5\rMSA|{code}|{named}\r".encode()


def _known_to_windows(run: "re.Match[bytes]") -> bytes:
    """Row 92 cell 66 is 髙 in Windows' chart, and nothing in the standard that Python's codec knows."""
    pairs = [run[1][at : at + 2] for at in range(0, len(run[1]), 2)]
    return b"".join(b"\x00" if pair == b"\x7c\x62" else b"\x1b$B" + pair + b"\x1b(B" for pair in pairs)


@dataclass
class InformationSystem:
    """A listener that answers as it is told; ``taken`` is every message that came, as bytes."""

    port: int = field(default_factory=free_port)
    reply: Callable[[str], bytes | None] = accepted
    context: ssl.SSLContext | None = None
    taken: list[bytes] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator["InformationSystem"]:
        stop = threading.Event()
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()
        listener.settimeout(0.1)
        thread = threading.Thread(target=self._serve, args=(listener, stop))
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()
            listener.close()

    def _serve(self, listener: socket.socket, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(5)
            try:
                if self.context is not None:
                    connection = self.context.wrap_socket(connection, server_side=True)
                self._talk(connection)
            except OSError:
                continue
            finally:
                connection.close()

    def _talk(self, connection: socket.socket) -> None:
        got = b""
        while piece := connection.recv(65536):
            got += piece
            if found := _BLOCK.search(got):
                self.taken.append(found[1])
                answer = self.reply(found[1].decode("latin-1"))
                if answer is not None:
                    connection.sendall(framed(answer))
                return

    def text(self, number: int) -> str:
        """A message as it reads in the character set that it declares."""
        raw = self.taken[number]
        if b"UNICODE UTF-8" in raw:
            return raw.decode()
        return _KANJI.sub(_known_to_windows, raw).decode("iso2022_jp").replace("\x00", "髙")

    def wait_for(self, messages: int, *, seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while len(self.taken) < messages:
            assert time.monotonic() < deadline, f"{len(self.taken)} messages came"
            time.sleep(0.05)
