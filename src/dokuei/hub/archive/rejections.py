"""What a reading room would not show: pixels that came to it were not those that were proved (IMG-01)."""

from dataclasses import dataclass

from dokuei.errors import NotFoundError
from dokuei.hub.archive import reading
from dokuei.hub.archive.reading import Scope
from dokuei.storage.audit import Detail, hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class FrameRejection:
    """A frame by its object and number, and the digests that differ; ``found`` is empty where nothing was decoded."""

    study_instance_uid: str
    sop_instance_uid: str
    frame: int
    expected: str
    found: str
    detail: str


def note_rejection(database: Database, site_id: str, rejection: FrameRejection, *, actor: str) -> None:
    """Keep it in the trail.

    Raises:
        NotFoundError: no such object at this site.
    """
    uid = rejection.sop_instance_uid
    scope = Scope(site_id, rejection.study_instance_uid, sop_instance_uid=uid)
    details: dict[str, Detail] = {
        "frame": rejection.frame,
        "expected": rejection.expected,
        "found": rejection.found,
        "detail": rejection.detail,
    }
    with database.begin() as connection:
        if not reading.archived(connection, scope):
            raise NotFoundError("no such object at this site", phase="noting what a viewer rejected")
        hub_trail.append(connection, actor=actor, event="frame.rejected", site_id=site_id, subject=uid, details=details)
