"""For whom the PACS is asked: whoever's images or order came here, and whoever was asked for at the hub."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.dicom.admit import admission
from dokuei.errors import DokueiError, NotFoundError
from dokuei.gateway import forward_audit, pseudonym_tables
from dokuei.gateway.priors import tables
from dokuei.gateway.priors.rules import Current, Person
from dokuei.gateway.priors.tables import Search
from dokuei.gateway.spool import Spool
from dokuei.storage.audit import gateway_trail
from dokuei.storage.db import Database
from dokuei.transfer.orders import MODALITY_WORDS, Order, OrderNotice
from dokuei.transfer.priors import WantedPriors

_FRESH: Final = timedelta(hours=12)
_BREAKS: Final = (LookupError, ValueError, TypeError, ArithmeticError, struct.error)  # of a header beyond belief
_LONGEST_ISSUER: Final = 256
_log = structlog.get_logger()


@dataclass(frozen=True)
class Watch:
    """Looks for patients who have come up; ``issuer_in_images``: an order's issuer is the one that images name."""

    spool: Spool
    gateway_id: str
    issuer_in_images: bool

    def turn(self) -> None:
        """Everything that came since the last look, in one transaction with the mark up to where."""
        with self.spool.database.read() as connection:
            object_id, notice_id = tables.marks(connection)
            newest = tables.last_object(connection)
            studies = tables.studies_since(connection, object_id, newest) if newest > object_id else {}
            notices = tables.notices_since(connection, notice_id)
        if newest <= object_id and not notices:
            return
        wanted = [one for uid, modalities in studies.items() if (one := self._of_study(uid, modalities)) is not None]
        wanted += [self._of_order(order) for _, document in notices if (order := _order(document)) is not None]
        with self.spool.database.begin() as connection:
            for person, current in wanted:
                want(connection, person, current)
            tables.put_marks(connection, newest, max([notice_id, *(number for number, _ in notices)]))

    def want_asked(self, asked: Iterable[WantedPriors], *, pseudonyms: bool) -> None:
        """Those for whom somebody asked at the hub; a pseudonym is believed where we gave it out ourselves."""
        with self.spool.database.begin() as connection:
            for one in asked:
                person = _behind(connection, one) if pseudonyms else _named(one)
                if person is not None:
                    uid = "" if pseudonyms else one.study_instance_uid or ""
                    want(connection, person, Current(uid, one.examination_date, _modalities(one.modality)))

    def _of_study(self, study_instance_uid: str, modalities: tuple[str, ...]) -> tuple[Person, Current] | None:
        """Whose images came, by the header of the first that can be read; none of a prior's, or the test patient's."""
        if forward_audit.is_pulse(self.gateway_id, study_instance_uid):
            return None
        with self.spool.database.read() as connection:
            if tables.asked_for(connection, study_instance_uid):
                return None
        for item in self.spool.objects(study_instance_uid):
            if not item.path.exists():
                continue
            try:
                with admission(item.path) as opened:
                    one = opened.admitted.identity
            except (DokueiError, OSError, *_BREAKS):
                continue
            person = Person(
                one.patient_id[:64],
                one.issuer_of_patient_id[:_LONGEST_ISSUER],
                one.patient_birth_date[:8],
                one.patient_sex[:1],
            )
            return (person, Current(study_instance_uid, one.study_date[:8], modalities)) if person.patient_id else None
        return None

    def _of_order(self, order: Order) -> tuple[Person, Current]:
        patient = order.patient
        issuer = patient.issuer_of_patient_id if self.issuer_in_images else ""
        person = Person(patient.patient_id, issuer, patient.birth_date, patient.sex)
        uid = order.study_instance_uid or ""
        return person, Current(uid, order.examination_date, _modalities(order.modality))


def want(connection: Connection, person: Person, current: Current) -> None:
    """Ask for a patient, unless that was done lately because of the same study."""
    at = now()
    known = next((one for one in tables.of_patient(connection, person.patient_id) if _is_one(one, person)), None)
    if known is None:
        tables.put(connection, person, current, number=None, at=at)
    else:
        person = _together(known.person, person)
        if person == known.person and _is_same(known, current, at):
            return
        tables.put(connection, person, current, number=known.id, at=at)
    gateway_trail.append(
        connection, actor="system", event="priors.wanted", subject=current.study_instance_uid or None, details={}
    )


def want_again(database: Database, patient_id: str, *, actor: str) -> None:
    """Somebody in the hospital asks once more for a patient, when what was in the way is mended.

    Raises:
        NotFoundError: the PACS was not asked about anybody of this number.
    """
    with database.begin() as connection:
        known = tables.of_patient(connection, patient_id)
        for one in known:
            tables.put(connection, one.person, one.current, number=one.id, at=now())
            tables.try_again(connection, one.id)
            uid = one.current.study_instance_uid or None
            gateway_trail.append(connection, actor=actor, event="priors.wanted", subject=uid, details={"again": True})
    if not known:
        raise NotFoundError(
            "the PACS was not asked about this patient", phase="asking for priors", remedy="dokuei gateway priors"
        )


def _is_one(known: Search, person: Person) -> bool:
    issuers = known.person.issuer_of_patient_id, person.issuer_of_patient_id
    return not all(issuers) or issuers[0] == issuers[1]


def _together(known: Person, said: Person) -> Person:
    """What was said last, and of the rest what was said before."""
    return replace(
        said,
        issuer_of_patient_id=said.issuer_of_patient_id or known.issuer_of_patient_id,
        birth_date=said.birth_date or known.birth_date,
        sex=said.sex or known.sex,
    )


def _is_same(known: Search, current: Current, at: datetime) -> bool:
    """Whether nothing new is asked: the PACS is asked anew for another study, and once in a while."""
    if at - known.wanted_at > _FRESH:
        return False
    before = known.current
    if before.study_instance_uid and current.study_instance_uid:
        return before.study_instance_uid == current.study_instance_uid
    return not current.study_instance_uid and set(current.modalities) <= set(before.modalities)


def _order(document: str) -> Order | None:
    return OrderNotice.model_validate_json(document).order


def _modalities(said: str) -> tuple[str, ...]:
    word = said.strip().upper()
    return (MODALITY_WORDS.get(word, word),) if word else ()


def _named(one: WantedPriors) -> Person:
    return Person(one.patient_id, one.issuer_of_patient_id, one.birth_date, one.sex)


def _behind(connection: Connection, one: WantedPriors) -> Person | None:
    known = pseudonym_tables.behind(connection, one.patient_id)
    if not known:
        _log.info("priors.nobody_behind")
        return None
    last = known[-1]
    return Person(last.patient_id, last.issuer_of_patient_id, last.patient_birth_date[:8], last.patient_sex[:1])
