"""Nudges by e-mail: at most one an hour, nothing about a patient in them, through a real SMTP server with TLS."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.messages.nudging import MESSAGE_WRITTEN, Nudging
from dokuei.hub.messages.tables import mail_address, nudge
from dokuei.settings import MailSettings
from dokuei.storage.audit import hub_entries
from dokuei.storage.outbox import carry_out, outbox
from tests.makers.mail_server import MailServer, running_mail_server
from tests.makers.peers import free_port
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.talk import STAFF_OF_KITA, STAFF_OF_MINAMI, say, thread_of

ADDRESS = "/api/v1/messages/mail-address"
HUB = "https://hub.example.org"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with running_mail_server(tmp_path / "mail") as running:
        yield running


@contextmanager
def nudging_room(folder: Path, settings: MailSettings, url: str | None = None) -> Iterator[tuple[ReadingRoom, Nudging]]:
    """A reading room whose messages nudge people by this server."""
    with reading_room(folder, url=url, mail=settings, hub_url=HUB) as room:
        yield room, room.messages.nudging


def worked(room: ReadingRoom) -> int:
    """What the hub's worker does: carry events out, then send what is due; how many went out."""

    def handle(event: Any) -> None:
        if event.name == MESSAGE_WRITTEN:
            room.messages.nudging.want(event.payload)

    carry_out(room.hub.database, handle)
    with room.hub.database.read() as connection:
        assert [row.last_error for row in connection.execute(select(outbox)) if row.last_error] == []
    return room.messages.nudging.step()


def later(room: ReadingRoom, hours: float) -> None:
    """So many hours go by for what was sent and for what waits."""
    ago = now() - timedelta(hours=hours)
    with room.hub.database.begin() as connection:
        connection.execute(update(nudge).where(nudge.c.sent_at.is_not(None)).values(sent_at=ago))
        connection.execute(update(nudge).where(nudge.c.not_before.is_not(None)).values(not_before=ago))


def test_a_nudge_says_that_something_waits_and_nothing_of_whom(
    tmp_path: Path, database_url: str, server: MailServer
) -> None:
    with nudging_room(tmp_path, server.settings, database_url) as (room, _):
        item = room.mammogram_case()
        reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
        stranger = room.reader("staff.b", STAFF_OF_MINAMI)
        assert staff.get(ADDRESS).json() == {"address": "", "sends_mail": True}
        for client, address in ((staff, "staff@kita.example"), (stranger, "b@minami.example"), (reader, "r@c.example")):
            assert client.put(ADDRESS, json={"address": address}).json()["address"] == address
        say(reader, item, "山田花子さんの前回画像はありますか。")
        assert worked(room) == 1
        (mail,) = server.mails()
        assert (mail["To"], mail["From"]) == ("staff@kita.example", "dokuei@example.org")
        assert mail["Auto-Submitted"] == "auto-generated"
        text = mail.get_content()
        assert f"{HUB}/cases/{item}" in text
        whole = f"{mail['Subject']}{text}"
        for secret in ("山田", "Yamada", "P1", "前回画像", "北病院", "人 reader.a"):
            assert secret not in whole
        with room.hub.database.read() as connection:
            told = connection.execute(select(hub_entries).where(hub_entries.c.event == "message.nudged")).one()
        assert (told.actor, told.site_id) == ("system", "kita")
        assert "example" not in told.details


def test_one_person_gets_one_nudge_an_hour_for_each_case(tmp_path: Path, server: MailServer) -> None:
    with nudging_room(tmp_path, server.settings) as (room, _):
        item, other = room.mammogram_case(), room.mammogram_case(patient_id="P2")
        reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
        staff.put(ADDRESS, json={"address": "staff@kita.example"})
        for number in range(3):
            say(reader, item, f"{number}")
            worked(room)
        assert len(server.mails()) == 1
        say(reader, other, "別の症例")
        assert worked(room) == 1
        later(room, 0.9)
        assert worked(room) == 0
        later(room, 1.1)
        assert worked(room) == 1, "what came within the hour is told when it is over"
        assert len(server.mails()) == 3
        later(room, 1.1)
        assert worked(room) == 0, "nothing new, no mail"


def test_who_has_read_it_meanwhile_or_may_no_longer_is_left_alone(tmp_path: Path, server: MailServer) -> None:
    with nudging_room(tmp_path, server.settings) as (room, nudging):
        item = room.mammogram_case()
        reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
        gone = room.reader("staff.gone", STAFF_OF_KITA)
        for client in (staff, gone):
            client.put(ADDRESS, json={"address": "x@kita.example"})
        written = say(reader, item, "質問").json()["messages"][0]["message_id"]
        carry_out(
            room.hub.database, lambda event: nudging.want(event.payload) if event.name == MESSAGE_WRITTEN else None
        )
        staff.post(f"{thread_of(item)}/{written}/read")
        gone.put(ADDRESS, json={"address": ""})
        assert worked(room) == 0
        assert server.mails() == []


def test_the_centre_is_nudged_where_it_takes_part_and_all_of_it_where_nobody_does(
    tmp_path: Path, server: MailServer
) -> None:
    with nudging_room(tmp_path, server.settings) as (room, _):
        item, free = room.mammogram_case(), room.mammogram_case(patient_id="P2")
        staff = room.reader("staff.a", STAFF_OF_KITA)
        holder, clerk = room.reader("reader.a"), room.reader("clerk.a", Grant(Role.CLERK, "kita"))
        holder.put(ADDRESS, json={"address": "holder@centre.example"})
        clerk.put(ADDRESS, json={"address": "clerk@centre.example"})
        holder.post(f"/api/v1/worklist/{item}/claim")
        say(staff, item, "担当のいる検査")
        assert worked(room) == 1
        assert [mail["To"] for mail in server.mails()] == ["holder@centre.example"]
        say(staff, free, "担当のいない検査")
        assert worked(room) == 2


def test_a_server_that_is_down_gets_it_when_it_is_back(tmp_path: Path) -> None:
    port = free_port()
    with running_mail_server(tmp_path / "mail", port=port) as known:
        settings = known.settings
    with nudging_room(tmp_path, settings) as (room, _):
        item = room.mammogram_case()
        reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
        staff.put(ADDRESS, json={"address": "staff@kita.example"})
        say(reader, item, "質問")
        assert worked(room) == 0
        assert worked(room) == 0, "it waits a little before it is tried again"
        with room.hub.database.read() as connection:
            row = connection.execute(select(nudge)).one()
        assert (row.attempts, row.last_error, row.sent_at) == (1, "ConnectionRefusedError", None)
        with running_mail_server(tmp_path / "mail", port=port) as server:
            later(room, 1)
            assert worked(room) == 1
            assert len(server.mails()) == 1


def test_a_server_that_nobody_vouches_for_gets_nothing(tmp_path: Path, server: MailServer) -> None:
    """NET-02: a mail goes only over TLS to the server that was meant."""
    with nudging_room(tmp_path, server.settings.model_copy(update={"ca": None})) as (room, _):
        item = room.mammogram_case()
        reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
        staff.put(ADDRESS, json={"address": "staff@kita.example"})
        say(reader, item, "質問")
        assert worked(room) == 0
        with room.hub.database.read() as connection:
            assert connection.execute(select(nudge.c.last_error)).scalar_one() == "SSLCertVerificationError"
    assert server.mails() == []


@pytest.mark.parametrize("address", ["x", "a@b", "a@b.example\r\nBcc: c@d.example", "a b@c.example", "@c.example"])
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    with reading_room(tmp_path) as room:
        staff = room.reader("staff.a", STAFF_OF_KITA)
        refused = staff.put(ADDRESS, json={"address": address})
        assert refused.status_code == 400
        assert re.search(r"b\.example|c\.example", refused.text) is None
        with room.hub.database.read() as connection:
            assert connection.execute(select(mail_address)).all() == []


def test_without_a_server_nothing_is_wanted(tmp_path: Path) -> None:
    with reading_room(tmp_path) as room:
        item = room.mammogram_case()
        reader, staff = room.reader("reader.a"), room.reader("staff.a", STAFF_OF_KITA)
        staff.put(ADDRESS, json={"address": "staff@kita.example"})
        assert staff.get(ADDRESS).json()["sends_mail"] is False
        say(reader, item, "質問")
        with room.hub.database.read() as connection:
            assert MESSAGE_WRITTEN not in set(connection.execute(select(outbox.c.event)).scalars())
            assert connection.execute(select(nudge)).all() == []
        assert room.messages.nudging.step() == 0


def test_an_address_is_ones_own_and_its_change_is_on_record(tmp_path: Path) -> None:
    with reading_room(tmp_path) as room:
        staff, other = room.reader("staff.a", STAFF_OF_KITA), room.reader("staff.c", STAFF_OF_KITA)
        staff.put(ADDRESS, json={"address": "staff@kita.example"})
        assert other.get(ADDRESS).json()["address"] == ""
        staff.put(ADDRESS, json={"address": ""})
        with room.hub.database.read() as connection:
            told = [
                (row.event, row.details)
                for row in connection.execute(select(hub_entries))
                if row.event.startswith("mail-address")
            ]
        assert told == [("mail-address.set", json.dumps({})), ("mail-address.removed", json.dumps({}))]
