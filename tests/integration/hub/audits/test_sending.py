"""The repository outside, as a real process behind TLS: nothing is lost, whenever it dies or comes back."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dokuei.clock import now
from dokuei.errors import UnreachableError
from dokuei.hub.audits.model import Sent
from dokuei.hub.audits.sending import Sending
from dokuei.hub.audits.syslog import Receiver, framed, receiver, send
from dokuei.settings import RepositorySettings
from dokuei.storage.audit import hub_trail
from tests.makers.audit_schema import faults
from tests.makers.syslog_receiver import Repository, repository
from tests.makers.whole_hub import WholeHub

_HEADER = re.compile(
    rb"<8[45]>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 \S+ dokuei - DICOM\+RFC3881 - \xef\xbb\xbf(.*)", re.DOTALL
)


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Repository]:
    with repository(tmp_path / "repository") as made:
        yield made


@pytest.fixture
def sending(hub: WholeHub, outside: Repository) -> Sending:
    """The hub's own sender, pointed at this test's repository, from the trail's beginning."""
    told = Receiver("localhost", outside.port, outside.ca, outside.certificate, outside.private_key, 5.0)
    fresh = replace(hub.hub.audits.sending, receiver=told)
    fresh._keep(Sent())
    return fresh


def fill(hub: WholeHub, count: int) -> None:
    with hub.hub.stores.database.begin() as connection:
        for number in range(count):
            hub_trail.append(connection, actor="nobody", event="sign-in.failed", details={"number": number})


def send_everything(sending: Sending) -> None:
    while sending.step():
        pass


def head(hub: WholeHub) -> int:
    return hub.hub.audits.state().head.sequence


def test_every_entry_arrives_once_in_order_as_a_valid_message(
    hub: WholeHub, outside: Repository, sending: Sending
) -> None:
    """LOG-08: RFC 5424 in RFC 5425, mutual TLS; LOG-06: each is valid."""
    fill(hub, 450)
    outside.start()
    send_everything(sending)
    got = outside.messages()
    assert len(got) == head(hub)
    for message in got:
        read = _HEADER.fullmatch(message)
        assert read is not None, message[:200]
        assert faults(read[1]) == []
    assert hub.hub.audits.state().sent.sequence == head(hub)


def test_nothing_is_lost_while_it_is_away_and_when_it_dies_in_the_middle(
    hub: WholeHub, outside: Repository, sending: Sending
) -> None:
    """LOG-08: a batch counts only once the receiver said that it has read it all."""
    fill(hub, 250)
    assert sending.step() is False
    away = hub.hub.audits.state().sent
    assert (away.sequence, away.error != "") == (0, True)
    outside.start(dies_after=37)
    sending.step()
    assert hub.hub.audits.state().sent.sequence == 0, "a batch that nobody acknowledged was counted"
    assert len(outside.messages()) == 37
    outside.stop()
    outside.start()
    send_everything(sending)
    assert hub.hub.audits.state().sent.sequence == head(hub)
    assert hub.hub.audits.state().sent.error == ""
    whole = outside.messages()
    assert len(whole[37:]) == head(hub), "sent anew from the first that was not acknowledged, all of it"
    outside.stop()
    fill(hub, 3)
    sending.step()
    outside.start()
    send_everything(sending)
    assert len(outside.messages()) == 37 + head(hub)


def test_a_repository_that_cannot_prove_itself_is_told_nothing(
    outside: Repository, sending: Sending, tmp_path: Path
) -> None:
    outside.start()
    assert sending.receiver is not None
    with repository(tmp_path / "stranger") as stranger:
        wrong = replace(sending.receiver, ca=stranger.ca)
        with pytest.raises(UnreachableError):
            send(wrong, [b"1 x"])
        nobody = replace(sending.receiver, certificate=None, private_key=None)
        with pytest.raises(UnreachableError):
            send(nobody, [b"1 x"])
    assert outside.messages() == []


def test_it_is_off_unless_the_settings_name_it(hub: WholeHub) -> None:
    assert receiver(RepositorySettings()) is None
    assert hub.hub.audits.sending.step() is False
    assert receiver(RepositorySettings(host="log.example")) == Receiver("log.example", 6514)


def test_the_length_before_a_message_counts_bytes() -> None:
    frame = framed("<a>読影</a>".encode(), at=now(), host="h")
    length, _, message = frame.partition(b" ")
    assert int(length) == len(message)
