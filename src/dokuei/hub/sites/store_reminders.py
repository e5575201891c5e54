"""When somebody was reminded last of a hospital's contacts, in SQL."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from dokuei.hub.sites.tables import contact_reminder
from dokuei.storage.rows import put_row


def sent_since(connection: Connection, site_ids: Collection[str], moment: datetime) -> frozenset[tuple[str, str]]:
    """Site and person of every reminder since then."""
    asked = select(contact_reminder.c.site_id, contact_reminder.c.person_id).where(
        contact_reminder.c.site_id.in_(site_ids), contact_reminder.c.sent_at > moment
    )
    return frozenset((row.site_id, row.person_id) for row in connection.execute(asked))


def note_sent(connection: Connection, site_id: str, person_id: str, *, at: datetime) -> None:
    """Somebody was reminded."""
    put_row(connection, contact_reminder, site_id=site_id, person_id=person_id, sent_at=at)
