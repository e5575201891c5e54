"""The register of displays: what stands where, and what was measured; nothing in it is ever written over."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from dokuei.clock import now, today
from dokuei.display.limits import short_of_grade
from dokuei.errors import ConflictError, ForbiddenError, NotFoundError, ProofError, RequestError, UnsupportedError
from dokuei.hub.displays import store
from dokuei.hub.displays.model import (
    Calibration,
    Display,
    Panel,
    Paper,
    Reach,
    Reading,
    checked_panel,
    checked_reading,
)
from dokuei.hub.identity.model import Grant, Permission, Principal, Role
from dokuei.hub.identity.people import People
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

_PAPERS: Final = {"application/pdf": b"%PDF-", "text/csv": b""}
_PHASE: Final = "attaching a paper"


@dataclass(frozen=True)
class Kept:
    """A display with its records, the latest first."""

    display: Display
    calibrations: tuple[Calibration, ...]


@dataclass(frozen=True)
class Registering:
    """The verbs of those who look after displays (医用モニタ品質管理責任者, DISP-12)."""

    database: Database
    blobs: Blobs
    people: People
    time_zone: str

    def every(self, principal: Principal) -> tuple[Kept, ...]:
        """Those that this person looks after."""
        with self.database.read() as connection:
            known = store.displays(connection, reach=managed_by(principal))
            records = store.calibrations(connection, [one.display_id for one in known])
        return tuple(Kept(one, records.get(one.display_id, ())) for one in known)

    def managers(self, principal: Principal) -> tuple[tuple[str, Grant], ...]:
        """Who has been named to look after displays, and where; as far as this person looks after some there."""
        reach = managed_by(principal)
        return tuple(
            (one.person.display_name, grant)
            for one in self.people.every()
            for grant in one.grants
            if grant.role is Role.DISPLAY_MANAGER
            and (reach.centre if grant.site_id is None else grant.site_id in reach.site_ids)
        )

    def register(self, principal: Principal, panel: Panel) -> Kept:
        """Write down a display.

        Raises:
            NotFoundError, ForbiddenError: no site of theirs, or not theirs to look after.
            RequestError: nobody could find it again.
            ConflictError: this very panel is registered.
        """
        checked_panel(panel)
        if panel.site_id is not None:
            principal.demand(Permission.MANAGE_DISPLAYS, panel.site_id)
        elif Permission.MANAGE_DISPLAYS not in principal.centre_permissions:
            raise ForbiddenError("the centre's displays are for those who look after them", phase="checking access")
        new = Display(uuid.uuid4().hex, panel, now(), principal.actor)
        with self.database.begin() as connection:
            if store.is_known(connection, panel):
                raise ConflictError("a display of this maker, model and serial number is registered", phase="display")
            store.add(connection, new)
            _note(connection, principal, "display.registered", new, maker=panel.maker, model=panel.model)
        return Kept(new, ())

    def retire(self, principal: Principal, display_id: str, *, because: str) -> None:
        """It is read on no longer.

        Raises:
            NotFoundError: no such display of theirs, or retired already.
            RequestError: no reason.
        """
        if not because.strip():
            raise RequestError("say why", phase="retiring a display")
        with self.database.begin() as connection:
            known = _found(connection, principal, display_id)
            if not store.retire(connection, display_id, actor=principal.actor, because=because.strip()):
                raise NotFoundError("no such display in use", phase="retiring a display")
            _note(connection, principal, "display.retired", known, because=because.strip())

    def record(self, principal: Principal, display_id: str, reading: Reading) -> Calibration:
        """Keep what was measured; what misses the limits of its grade is kept as failed (DISP-08).

        Raises:
            NotFoundError: no such display of theirs.
            RequestError: nobody can have measured this.
        """
        checked_reading(reading, today=today(self.time_zone))
        new = Calibration(
            calibration_id=uuid.uuid4().hex,
            display_id=display_id,
            reading=reading,
            failures=short_of_grade(reading.measured, reading.grade),
            recorded_at=now(),
            recorded_by=principal.actor,
            recorded_by_name=principal.display_name[:200],
        )
        with self.database.begin() as connection:
            known = _found(connection, principal, display_id)
            store.add_calibration(connection, new)
            said = {"measured_on": reading.measured_on.isoformat(), "grade": reading.grade}
            _note(connection, principal, "display.calibrated", known, **said, failures=" ".join(new.failures))
        return new

    def attach(
        self, principal: Principal, display_id: str, calibration_id: str, data: bytes, *, name: str, media_type: str
    ) -> Paper:
        """Keep the paper of a record, once.

        Raises:
            NotFoundError: no such record of a display of theirs.
            UnsupportedError: neither PDF nor CSV.
            ConflictError: it has a paper.
        """
        media_type = _checked(data, media_type)
        sha256 = hashlib.sha256(data).hexdigest()
        last = name.replace("\\", "/").rpartition("/")[2]
        plain = "".join(one for one in last if one.isprintable()).strip()[:200] or "paper"
        new = Paper(plain, media_type, len(data), sha256, f"displays/{display_id}/{sha256}")
        with self.database.begin() as connection:
            known = _found(connection, principal, display_id)
            if self._record(connection, display_id, calibration_id).paper is not None:
                raise ConflictError("this record has its paper", phase=_PHASE)
            self.blobs.put(new.blob_key, data)
            store.add_paper(connection, calibration_id, new)
            _note(connection, principal, "display.paper-attached", known, sha256=sha256)
        return new

    def paper(self, principal: Principal, display_id: str, calibration_id: str) -> tuple[Paper, bytes]:
        """The paper of a record.

        Raises:
            NotFoundError: no such record of a display of theirs, or no paper.
            ProofError: it is not what was attached.
        """
        with self.database.read() as connection:
            _found(connection, principal, display_id)
            known = self._record(connection, display_id, calibration_id).paper
        if known is None:
            raise NotFoundError("no such paper", phase="reading a paper")
        data = self.blobs.read(known.blob_key)
        if hashlib.sha256(data).hexdigest() != known.sha256:
            raise ProofError("the file has been changed", phase="reading a paper", remedy="restore the backup")
        return known, data

    @staticmethod
    def _record(connection: Connection, display_id: str, calibration_id: str) -> Calibration:
        known = store.calibrations(connection, [display_id]).get(display_id, ())
        found = next((one for one in known if one.calibration_id == calibration_id), None)
        if found is None:
            raise NotFoundError("no such calibration", phase="looking a calibration up")
        return found


def managed_by(principal: Principal) -> Reach:
    """Whose displays somebody looks after."""
    permission = Permission.MANAGE_DISPLAYS
    return Reach(principal.sites_with(permission), permission in principal.centre_permissions)


def _found(connection: Connection, principal: Principal, display_id: str) -> Display:
    known = store.find(connection, display_id, reach=managed_by(principal))
    if known is None:
        raise NotFoundError("no such display", phase="looking a display up")
    return known


def _checked(data: bytes, media_type: str) -> str:
    plain = media_type.partition(";")[0].strip().lower()
    if plain not in _PAPERS or not data.startswith(_PAPERS[plain]) or (plain == "text/csv" and b"\0" in data):
        raise UnsupportedError("papers are PDF or CSV", phase=_PHASE, remedy="send it as what it is")
    if not data:
        raise RequestError("an empty paper", phase=_PHASE)
    return plain


def _note(connection: Connection, principal: Principal, event: str, known: Display, **details: str) -> None:
    hub_trail.append(
        connection,
        actor=principal.actor,
        event=event,
        site_id=known.panel.site_id,
        subject=known.display_id,
        details=details,
    )
