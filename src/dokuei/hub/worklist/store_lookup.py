"""Cases by the hospital's own numbers, in SQL."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from dokuei.hub.worklist.tables import item


def named(
    connection: Connection, *, site_ids: Collection[str], accession_number: str, study_instance_uid: str, at_most: int
) -> tuple[str, ...]:
    """Cases of those sites under a number or of a study, the latest first; what is empty narrows nothing."""
    wanted = [item.c.site_id.in_(site_ids), item.c.status != "canceled"]
    if accession_number:
        wanted.append(item.c.accession_number == accession_number)
    if study_instance_uid:
        wanted.append(item.c.study_instance_uid == study_instance_uid)
    asked = select(item.c.worklist_item_id).where(*wanted).order_by(item.c.study_date.desc(), item.c.worklist_item_id)
    return tuple(row[0] for row in connection.execute(asked.limit(at_most)))
