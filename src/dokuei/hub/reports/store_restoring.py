"""The one statement that writes over a signed version: the way back to what was signed (REC-07)."""

from sqlalchemy import Connection, delete

from dokuei.hub.reports import store
from dokuei.hub.reports.seal_model import KeptVersion
from dokuei.hub.reports.tables import version


def put_back(connection: Connection, kept: KeptVersion) -> None:
    """A version as the backup has it, in the place of what stands there now; who asks has held it against the trail."""
    signed = kept.signed
    connection.execute(
        delete(version).where(version.c.report_id == signed.report_id, version.c.number == signed.number)
    )
    store.add_version(connection, signed, kept.sealed)
