"""The hospital's durable queue: what was received, how far it has come, and what is next.

An object is a file that proves itself (its name is the SHA-256 of its bytes) and a row. Files are fsynced before
anybody is answered; rows are claimed and moved on by verbs that may be repeated after a SIGKILL at any point.
"""

import fcntl
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, case, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from dokuei.clock import now
from dokuei.dicom.coded import CodedInstance
from dokuei.errors import DiskFullError, DokueiError
from dokuei.gateway import quarantine
from dokuei.gateway.quarantine import SUSPECT
from dokuei.gateway.spool_tables import received_object, study_priority
from dokuei.gateway.spool_view import PLAIN, Coded, Received, State, StudyState, study_states
from dokuei.storage.db import Database, migrate, open_database, sqlite_url

__all__ = ["Coded", "Received", "Spool", "State", "StudyState"]

_RETRY_FIRST_SECONDS = 5.0
_RETRY_CEILING_SECONDS = 300.0
_AT_ONCE = 500


@dataclass(frozen=True)
class Spool:
    """The queue of one gateway: its database and its folder (``home/gateway``)."""

    database: Database
    folder: Path

    def original_path(self, sha256: str) -> Path:
        """Where the bytes as received lie."""
        return self.folder / "spool" / sha256[:2] / f"{sha256}.dcm"

    def coded_path(self, sha256: str) -> Path:
        """Where a coded file belongs, whole; lost or spoilt (a power cut) it is made again from the original."""
        return self.folder / "coded" / sha256[:2] / f"{sha256}.dcm"

    def close(self) -> None:
        """Give its connections back."""
        self.database.close()

    # --- coding -------------------------------------------------------------------------------------------------

    def claim(self, at_most: int = 1, *, bytes_at_most: int = 0) -> list[Received]:
        """The next received objects, urgent studies first; they stay claimed until one of the marks.

        More than one only as long as they have ``bytes_at_most`` together.
        """
        moment = now()
        c = received_object.c
        ready = or_(c.not_before.is_(None), c.not_before <= moment)
        with self.database.begin() as connection:
            waiting = connection.execute(
                select(c.id, c.size)
                .where(c.state == State.RECEIVED, ready)
                .order_by(c.priority.desc(), c.id)
                .limit(at_most)
            ).all()
            if not waiting:
                return []
            together = accumulate(row.size for row in waiting)
            taken = [row.id for row, size in zip(waiting, together, strict=True) if size <= bytes_at_most]
            rows = connection.execute(
                update(received_object)
                .where(c.id.in_(taken or [waiting[0].id]))
                .values(state=State.CODING, changed_at=moment)
                .returning(received_object)
            ).all()
        claimed = {row.id: self._received(row) for row in rows}
        return [claimed[row.id] for row in waiting if row.id in claimed]

    def mark_coded(self, made: Sequence[Coded]) -> None:
        """Their coded files lie under ``coded_path``."""
        c = received_object.c
        with self.database.begin() as connection:
            connection.execute(
                update(received_object)
                .where(c.sop_instance_uid == bindparam("uid"), or_(c.state == State.RECEIVED, c.state == State.CODING))
                .values(
                    state=State.CODED,
                    changed_at=now(),
                    coded=bindparam("instance"),
                    coded_sop_instance_uid=bindparam("coded_uid"),
                    coded_study_instance_uid=bindparam("coded_study_uid"),
                    naming=bindparam("named"),
                    warnings=bindparam("odd"),
                    attempts=0,
                    broke=0,
                    not_before=None,
                    error_code="",
                    error="",
                ),
                [
                    {
                        "uid": one.sop_instance_uid,
                        "instance": json.dumps(one.instance.to_json()),
                        "coded_uid": one.instance.sop_instance_uid,
                        "coded_study_uid": one.instance.study_instance_uid,
                        "named": one.naming,
                        "odd": json.dumps(one.warnings),
                    }
                    for one in made
                ],
            )

    def put_back(self, sop_instance_uid: str, error: DokueiError, *, unforeseen: bool = False) -> None:
        """Coding failed for a reason that may pass: the object waits longer each time, and stays in the queue.

        An ``unforeseen`` one is counted, because it may as well be the object's own.
        """
        with self.database.begin() as connection:
            attempts = connection.execute(
                select(received_object.c.attempts).where(received_object.c.sop_instance_uid == sop_instance_uid)
            ).scalar_one()
            wait = min(_RETRY_FIRST_SECONDS * 2**attempts, _RETRY_CEILING_SECONDS)
            connection.execute(
                update(received_object)
                .where(received_object.c.sop_instance_uid == sop_instance_uid)
                .values(
                    state=State.RECEIVED,
                    changed_at=now(),
                    attempts=attempts + 1,
                    broke=received_object.c.broke + 1 if unforeseen else 0,
                    not_before=now() + timedelta(seconds=wait),
                    error_code=error.code,
                    error=str(error),
                )
            )

    def mark_refused(self, sop_instance_uid: str, error: DokueiError) -> None:
        """Coding refused the object for good: the bytes stay, staff sees why, a corrected object may come again."""
        with self.database.begin() as connection:
            row = connection.execute(
                update(received_object)
                .where(received_object.c.sop_instance_uid == sop_instance_uid)
                .values(state=State.REFUSED, changed_at=now(), error_code=error.code, error=str(error))
                .returning(*(received_object.c[name] for name in SUSPECT if name in received_object.c))
            ).one()
            quarantine.note(connection, quarantine.Suspect(**row._asdict()), error)

    def release_claims(self, in_hand: Collection[int] = ()) -> int:
        """Take back what a killed worker had claimed; called once when the worker starts.

        What it was at (``in_hand``, by id) is counted as broken: one of these objects may have killed it.
        """
        c = received_object.c
        suspect = case((c.id.in_(in_hand), 1), else_=0)
        with self.database.begin() as connection:
            coding = connection.execute(
                update(received_object)
                .where(c.state == State.CODING)
                .values(state=State.RECEIVED, changed_at=now(), broke=c.broke + suspect)
            ).rowcount
        return coding + self.release_forwarding()

    def release_forwarding(self, *, under_way: Callable[[str], bool] = lambda _sha256: False) -> int:
        """Objects marked as on their way that nobody has in hand (``under_way``, by coded digest) wait again."""
        c = received_object.c
        with self.database.read() as connection:
            rows = connection.execute(select(received_object).where(c.state == State.FORWARDING)).all()
        left = [item for item in map(self._received, rows) if item.coded is None or not under_way(item.coded.sha256)]
        self._move([item.sop_instance_uid for item in left], State.CODED, from_states=[State.FORWARDING])
        return len(left)

    # --- forwarding ---------------------------------------------------------------------------------------------

    def studies_to_forward(self) -> list[str]:
        """Studies (as received) with coded objects the hub has not proved, urgent ones and old ones first."""
        waiting = received_object.c.state.in_([State.CODED, State.FORWARDING, State.FORWARDED])
        with self.database.read() as connection:
            rows = connection.execute(
                select(received_object.c.study_instance_uid)
                .where(waiting)
                .group_by(received_object.c.study_instance_uid)
                .order_by(func.max(received_object.c.priority).desc(), func.min(received_object.c.id))
            )
            return [row.study_instance_uid for row in rows]

    def objects(self, study_instance_uid: str, *, states: Iterable[State] = tuple(State)) -> list[Received]:
        """The objects of a study in the order in which they came."""
        with self.database.read() as connection:
            rows = connection.execute(
                select(received_object)
                .where(
                    received_object.c.study_instance_uid == study_instance_uid,
                    received_object.c.state.in_(list(states)),
                )
                .order_by(received_object.c.id)
            ).all()
        return [self._received(row) for row in rows]

    def mark_forwarding(self, sop_instance_uids: Sequence[str]) -> None:
        """These objects are on their way (UIDs as received); that the hub's disk was full stays told meanwhile."""
        self._move(sop_instance_uids, State.FORWARDING, from_states=[State.CODED], told_on=DiskFullError.code)

    def mark_forwarded(self, sop_instance_uids: Sequence[str]) -> None:
        """The hub has all bytes of these; it has not said ``proved``."""
        self._move(sop_instance_uids, State.FORWARDED, from_states=[State.CODED, State.FORWARDING])

    def mark_proved(self, sop_instance_uids: Sequence[str]) -> None:
        """The hub has stored, decoded and proved these; only now may ``purge`` remove them here."""
        self._move(sop_instance_uids, State.PROVED, from_states=[State.CODED, State.FORWARDING, State.FORWARDED])

    def mark_to_forward_again(self, sop_instance_uids: Sequence[str], error: DokueiError) -> None:
        """The hub does not have these after all, or could not prove them: they are coded and wait."""
        with self.database.begin() as connection:
            connection.execute(
                update(received_object)
                .where(
                    received_object.c.sop_instance_uid.in_(sop_instance_uids),
                    received_object.c.state.in_([State.FORWARDING, State.FORWARDED]),
                )
                .values(state=State.CODED, changed_at=now(), error_code=error.code, error=str(error))
            )

    def code_anew(self, naming: str) -> int:
        """What waits for the hub and was named in another way is coded again, from the bytes as received."""
        c = received_object.c
        with self.database.read() as connection:
            rows = connection.execute(
                select(received_object).where(c.state.in_([State.CODED, State.FORWARDED]), c.naming != naming)
            ).all()
        self.code_again([self._received(row) for row in rows])
        return len(rows)

    def code_again(self, items: Sequence[Received]) -> None:
        """These are coded once more from the bytes as received, also where the hub has proved them."""
        for item in items:
            if item.coded_path is not None:
                item.coded_path.unlink(missing_ok=True)
        settled = [State.CODED, State.FORWARDED, State.PROVED]
        self._move([item.sop_instance_uid for item in items], State.RECEIVED, from_states=settled)

    def purge(
        self,
        *,
        keep_originals: bool,
        at_most: int = 500,
        study_instance_uid: str | None = None,
        states: Sequence[State] = (State.PROVED, State.REMOVED),
    ) -> int:
        """Remove the files of objects the hub has proved (PS3.15 A.1: not before); rows and digests stay."""
        c = received_object.c
        unwanted = c.purged_at.is_(None) if keep_originals else or_(c.purged_at.is_(None), c.original_kept)
        if study_instance_uid is not None:
            unwanted = and_(unwanted, c.study_instance_uid == study_instance_uid)
        with self.database.read() as connection:
            rows = connection.execute(
                select(received_object).where(c.state.in_(states), unwanted).order_by(c.id).limit(at_most)
            ).all()
        gone = [self._received(row) for row in rows]
        for item in gone:
            if item.coded_path is not None:
                item.coded_path.unlink(missing_ok=True)
            if not keep_originals:
                item.path.unlink(missing_ok=True)
        with self.database.begin() as connection:
            connection.execute(
                update(received_object)
                .where(c.id.in_([item.id for item in gone]))
                .values(purged_at=now(), original_kept=keep_originals)
            )
        return len(gone)

    # --- looking and steering -----------------------------------------------------------------------------------

    def find(self, sop_instance_uid: str) -> Received | None:
        """One object by its UID as received."""
        return self._one(received_object.c.sop_instance_uid == sop_instance_uid)

    def find_coded(self, coded_sop_instance_uid: str) -> Received | None:
        """One object by the UID under which the hub knows it."""
        return self._one(received_object.c.coded_sop_instance_uid == coded_sop_instance_uid)

    def set_priority(self, study_instance_uid: str, priority: int) -> None:
        """Higher overtakes lower (0 is routine); it holds for what of the study is still to come, too."""
        with self.database.begin() as connection:
            values = {"study_instance_uid": study_instance_uid, "priority": priority}
            connection.execute(
                insert(study_priority)
                .values(values)
                .on_conflict_do_update(index_elements=["study_instance_uid"], set_={"priority": priority})
            )
            connection.execute(
                update(received_object)
                .where(received_object.c.study_instance_uid == study_instance_uid)
                .values(priority=priority)
            )

    def studies(self, *, at_most: int = 1000) -> list[StudyState]:
        """Studies as staff sees them, newest first."""
        newest = (
            select(received_object.c.study_instance_uid)
            .group_by(received_object.c.study_instance_uid)
            .order_by(func.max(received_object.c.id).desc())
            .limit(at_most)
        )
        with self.database.read() as connection:
            order = [row.study_instance_uid for row in connection.execute(newest)]
            found = study_states(connection, order)
        return [found[uid] for uid in order if uid in found]

    def study_state(self, study_instance_uid: str) -> StudyState | None:
        """One study as staff sees it."""
        with self.database.read() as connection:
            return study_states(connection, [study_instance_uid]).get(study_instance_uid)

    def _one(self, condition: ColumnElement[bool]) -> Received | None:
        with self.database.read() as connection:
            row = connection.execute(select(received_object).where(condition)).one_or_none()
        return None if row is None else self._received(row)

    def _move(
        self, sop_instance_uids: Sequence[str], to: State, *, from_states: list[State], told_on: str = ""
    ) -> None:
        c = received_object.c
        told = [case((c.error_code == told_on, column), else_="") for column in (c.error_code, c.error)]
        with self.database.begin() as connection:
            for start in range(0, len(sop_instance_uids), _AT_ONCE):
                connection.execute(
                    update(received_object)
                    .where(
                        received_object.c.sop_instance_uid.in_(sop_instance_uids[start : start + _AT_ONCE]),
                        received_object.c.state.in_(from_states),
                    )
                    .values(state=to, changed_at=now(), error_code=told[0], error=told[1])
                )

    def _received(self, row: Row[Any]) -> Received:
        coded = None if row.coded is None else CodedInstance.from_json(json.loads(row.coded))
        return Received(
            **{name: getattr(row, name) for name in PLAIN},
            state=State(row.state),
            path=self.original_path(row.sha256),
            coded=coded,
            coded_path=None if coded is None else self.coded_path(coded.sha256),
            warnings=tuple(json.loads(row.warnings)),
        )


def open_spool(home: Path) -> Spool:
    """Open the queue of a home folder, its schema brought up to date."""
    folder = home / "gateway"
    folder.mkdir(parents=True, exist_ok=True)
    database = open_database(sqlite_url(folder / "gateway.sqlite"))
    with (folder / ".migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        migrate(database, which="gateway")
    return Spool(database, folder)
