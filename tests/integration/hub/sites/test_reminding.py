"""A hospital's own people hear by mail that a contact is to be tried: once a week, until somebody has."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.neighbours_of_sites import ContactMail
from dokuei.hub.sites.contracting import Scribe
from dokuei.hub.sites.register import Contact
from dokuei.hub.sites.reminding import Reminding
from dokuei.hub.sites.tables import contact_reminder
from tests.makers.at_once import together
from tests.makers.mail_server import running_mail_server
from tests.makers.reading import reading_room

BY = Scribe("operator:test", "試験")
ADDRESSES = {
    "jimu": Grant(Role.SITE_STAFF, "kita"),
    "minami": Grant(Role.SITE_STAFF, "minami"),
    "chief": Grant(Role.ADMINISTRATOR, "kita"),
}


def test_who_keeps_contacts_is_told_once_a_week_until_one_was_tried(tmp_path: Path) -> None:
    """REPORT-14: the mail names the hospital's page and nobody; a foreign hospital's staff hears nothing."""
    with running_mail_server(tmp_path / "mail") as server:
        url = "https://hub.example.org"
        with reading_room(tmp_path, mail=server.settings, hub_url=url) as room:
            sites = room.hub.sites
            reminding = Reminding(sites, room.hub.identity.people, ContactMail(room.messages), "Asia/Tokyo")
            for name, grant in ADDRESSES.items():
                client = room.reader(name, grant)
                wanted = {"address": f"{name}@example.org"}
                if Role.ADMINISTRATOR is not grant.role:
                    client.put("/api/v1/messages/mail-address", json=wanted).raise_for_status()
            assert reminding.remind() == 0, "nobody is named who could be called"
            new = Contact("", "kita", "night", 0, "当直", telephone="011-1")
            contact = sites.registering.add_contact("kita", new, by=BY)
            together(*3 * [reminding.remind])
            assert reminding.remind() == 0
            (mail,) = server.mails()
            assert (mail["To"], f"{url}/hospitals/kita" in mail.get_content()) == ("jimu@example.org", True)
            assert not [word for word in ("当直", "011-1", "北病院") if word in mail.get_content()]
            with room.hub.database.begin() as connection:
                connection.execute(update(contact_reminder).values(sent_at=now() - timedelta(days=8)))
            assert reminding.remind() == 1, "a week later it is still to be done"
            today = now().date()
            sites.registering.test_contact("kita", contact.contact_id, on=today, today=today, reached=True, by=BY)
            with room.hub.database.begin() as connection:
                connection.execute(update(contact_reminder).values(sent_at=now() - timedelta(days=8)))
            assert reminding.remind() == 0
