"""What a hospital's systems say through their gateway: orders, changes, cancellations, corrections of patients."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from dokuei.errors import ConflictError, DokueiError, RequestError
from dokuei.hub.requests import linking, store, store_notices, store_studies
from dokuei.hub.requests.attaching import Attaching
from dokuei.hub.requests.identities import compare, folded_id, key_of
from dokuei.hub.requests.model import Content, Name, Patient, ReadingRequest, Source
from dokuei.hub.requests.placing import Author, Placing
from dokuei.hub.requests.store_notices import Told
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

Outcome = Literal["taken", "known", "refused"]
_PHASE = "taking a notice"


@dataclass(frozen=True)
class Ordered:
    """An order in requests' words."""

    action: Literal["new", "change", "cancel"]
    content: Content
    files: tuple[tuple[str, bytes], ...] = ()  # PDFs by their names


@dataclass(frozen=True)
class Corrected:
    """A correction in requests' words; ``prior`` is the patient ID that is given up where two are merged."""

    patient: Patient
    prior: Patient | None = None


@dataclass(frozen=True)
class Notice:
    """One message of a site."""

    message_key: str
    source: Source
    received_at: datetime
    said: Ordered | Corrected


@dataclass(frozen=True)
class Notices:
    """The verb on messages of gateways: each is taken once, however often it is told."""

    database: Database
    placing: Placing
    attaching: Attaching

    def take(self, site_id: str, notice: Notice, *, author: Author) -> tuple[Outcome, str]:
        """Take one; what cannot be taken is refused with the reason, on record, and may be told again."""
        try:
            with self.database.begin() as connection:
                linking.lock(connection, site_id)
                if store_notices.is_taken(connection, site_id, notice.message_key):
                    return "known", ""
                request_id: str | None = None
                if isinstance(notice.said, Ordered):
                    request_id = self._order(connection, site_id, notice.said, notice.source, author)
                else:
                    self._correct(connection, site_id, notice.message_key, notice.said, author)
                store_notices.put(connection, _told(site_id, notice, "taken", "", request_id), actor=author.actor)
        except DokueiError as refusal:
            if refusal.http_status >= 500:  # noqa: PLR2004 - the hub's own trouble is not the hospital's: told again
                raise
            self._refuse(site_id, notice, str(refusal), author)
            return "refused", str(refusal)[:1000]
        return "taken", ""

    def _order(self, connection: Connection, site_id: str, said: Ordered, source: Source, author: Author) -> str | None:
        known = named_by(connection, site_id, said.content)
        if said.action == "cancel":
            if known is None:
                raise ConflictError("no open request has this number", phase=_PHASE)
            demand_same_patient(connection, known, said.content, former_too=True)
            self.placing.canceled(connection, known, "canceled by the hospital's system", author=author)
            return known.request_id
        if known is None:
            placed = self.placing.placed(connection, site_id, said.content, source=source, author=author)
            return self._attached(connection, placed, said, author)
        if said.action == "new":
            demand_same_patient(connection, known, said.content)
        content = over(known.content, said.content)
        return self._attached(connection, self.placing.changed(connection, known, content, author=author), said, author)

    def _attached(self, connection: Connection, request: ReadingRequest, said: Ordered, author: Author) -> str:
        for name, data in said.files:
            request = self.attaching.attached_in(
                connection, request, data, name=name, media_type="application/pdf", actor=author.actor
            )
        return request.request_id

    def _correct(self, connection: Connection, site_id: str, message_key: str, said: Corrected, author: Author) -> None:
        prior = said.prior
        if prior is None:
            self._rewrite(connection, site_id, said.patient, said.patient, author, because="update")
            return
        if key_of(prior.patient_id) == key_of(said.patient.patient_id) and _same_domain(prior, said.patient):
            raise RequestError("a patient cannot be merged with itself", phase=_PHASE)
        store_studies.add_merge(connection, site_id, message_key=message_key, prior=prior, surviving=said.patient)
        hub_trail.append(
            connection,
            actor=author.actor,
            event="patient.merged",
            site_id=site_id,
            details={"message_key": message_key},
        )
        self._rewrite(connection, site_id, prior, said.patient, author, because="merge")
        self._rewrite(connection, site_id, said.patient, said.patient, author, because="update")
        self._join_again(connection, site_id, said.patient)

    def _rewrite(
        self, connection: Connection, site_id: str, whose: Patient, now_is: Patient, author: Author, *, because: str
    ) -> None:
        for request in store.of_patient(connection, site_id, {key_of(whose.patient_id)}):
            if not _same_domain(request.content.patient, whose):
                continue
            corrected = _corrected(request.content.patient, now_is)
            if corrected != request.content.patient:
                content = replace(request.content, patient=corrected)
                self.placing.rewritten(connection, request, content, author=author, because=because)

    @staticmethod
    def _join_again(connection: Connection, site_id: str, patient: Patient) -> None:
        """What a merge makes one may have been a mismatch before it, or nobody's."""
        rules = linking.lock(connection, site_id)
        keys = store_studies.one_person(connection, site_id, key_of(patient.patient_id))
        for request in store.of_patient(connection, site_id, keys):
            linking.relink(connection, request, rules)

    def _refuse(self, site_id: str, notice: Notice, reason: str, author: Author) -> None:
        with self.database.begin() as connection:
            linking.lock(connection, site_id)
            store_notices.put(connection, _told(site_id, notice, "refused", reason, None), actor=author.actor)
            hub_trail.append(
                connection,
                actor=author.actor,
                event="request.refused",
                site_id=site_id,
                subject=notice.message_key,
                details={"source": notice.source, "because": reason},
            )


def _told(site_id: str, notice: Notice, outcome: str, reason: str, request_id: str | None) -> Told:
    return Told(site_id, notice.message_key, notice.source, outcome, reason, request_id, notice.received_at)


def named_by(connection: Connection, site_id: str, content: Content) -> ReadingRequest | None:
    """The open request that an order's numbers mean; one with another number of the hospital's own is not it."""
    found = [
        one
        for one in store.by_number(
            connection,
            site_id,
            placer_order_number=content.placer_order_number,
            accession_number=content.accession_number,
        )
        if not (content.placer_order_number and one.content.placer_order_number)
        or content.placer_order_number == one.content.placer_order_number
    ]
    if len(found) > 1:
        raise ConflictError("several open requests have this number", phase=_PHASE, remedy="cancel one of them")
    return found[0] if found else None


def demand_same_patient(
    connection: Connection, known: ReadingRequest, content: Content, *, former_too: bool = False
) -> None:
    """Refuse an order whose number is another patient's already.

    ``former_too``: what the request said of its patient before a correction is hers as well.

    Raises:
        ConflictError: it is.
    """
    keys = store_studies.one_person(connection, known.site_id, key_of(content.patient.patient_id))
    hers = (known.content.patient, *(one.patient for one in known.former if former_too))
    if all(compare(one, content.patient, one_person=keys).verdict == "different" for one in hers):
        raise ConflictError(
            "another patient's request has this number already",
            phase=_PHASE,
            remedy="cancel that one, or send a change",
        )


def over(known: Content, said: Content) -> Content:
    """What the system says now over what is known: what somebody added in the portal stays."""
    clinical = replace(
        known.clinical,
        reason=said.clinical.reason or known.clinical.reason,
        history=said.clinical.history or known.clinical.history,
    )
    return replace(
        said,
        clinical=clinical,
        due_at=said.due_at or known.due_at,
        accession_number=said.accession_number or known.accession_number,
        issuer_of_accession_number=said.issuer_of_accession_number or known.issuer_of_accession_number,
        placer_order_number=said.placer_order_number or known.placer_order_number,
        filler_order_number=said.filler_order_number or known.filler_order_number,
        study_instance_uid=said.study_instance_uid or known.study_instance_uid,
        worklist_study_instance_uids=tuple(
            dict.fromkeys((*known.worklist_study_instance_uids, *said.worklist_study_instance_uids))
        ),
        kind=said.kind or known.kind,
    )


def _corrected(known: Patient, now_is: Patient) -> Patient:
    return replace(
        known,
        patient_id=now_is.patient_id,
        issuer_of_patient_id=now_is.issuer_of_patient_id or known.issuer_of_patient_id,
        name=known.name if now_is.name == Name() else now_is.name,
        birth_date=now_is.birth_date or known.birth_date,
        sex=now_is.sex or known.sex,
    )


def _same_domain(one: Patient, other: Patient) -> bool:
    issuers = folded_id(one.issuer_of_patient_id), folded_id(other.issuer_of_patient_id)
    return not all(issuers) or issuers[0] == issuers[1]
