"""Readers' qualifications: recorded by an administrator, seen by their owner, asked for by whatever is signed."""

import json
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from dokuei.clock import now
from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.identity import store_people, store_rights
from dokuei.hub.identity.access import Access
from dokuei.hub.identity.qualification import Lack, ReaderProfile, checked_profile
from dokuei.hub.identity.signing_certificate import SigningCertificate, demand_fits
from dokuei.hub.identity.store_rights import Offer
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

_BINDING = "recording a certificate"
_ANOTHERS = "this certificate is another person's here"


@dataclass(frozen=True)
class Qualifications:
    """The verbs on qualifications."""

    database: Database
    access: Access

    def of(self, person_id: str) -> ReaderProfile:
        """What is recorded of somebody; nothing where nobody recorded anything."""
        with self.database.read() as connection:
            return store_rights.profile_of(connection, person_id) or ReaderProfile()

    def known(self, person_id: str) -> ReaderProfile:
        """What is recorded of somebody in the register.

        Raises:
            NotFoundError: no such person.
        """
        with self.database.read() as connection:
            if store_people.find(connection, person_id) is None:
                raise NotFoundError("no such person", phase="looking a qualification up")
            return store_rights.profile_of(connection, person_id) or ReaderProfile()

    def record(self, person_id: str, profile: ReaderProfile, *, actor: str) -> ReaderProfile:
        """Write down what an administrator has seen the papers of; the trail keeps each state.

        Raises:
            NotFoundError: no such person.
            RequestError: a profile that says nothing certain.
        """
        checked_profile(profile)
        with self.database.begin() as connection:
            if store_people.find(connection, person_id) is None:
                raise NotFoundError("no such person", phase="recording a qualification")
            store_rights.put_profile(connection, person_id, profile, actor=actor)
            hub_trail.append(
                connection,
                actor=actor,
                event="qualification.recorded",
                subject=person_id,
                details=json.loads(profile.as_of(self.access.today)),
            )
        return profile

    def certificate(self, person_id: str) -> SigningCertificate | None:
        """The certificate with which somebody signs, where one is recorded."""
        with self.database.read() as connection:
            return store_rights.certificate_of_person(connection, person_id)

    def bind(self, person_id: str, certificate: SigningCertificate, *, compared: bool, actor: str) -> None:
        """This is their certificate from now on; ``compared``: an administrator saw that the names are one person's.

        Raises:
            NotFoundError: no such person.
            RequestError, ConflictError: it is not theirs, or no report could be signed with it.
        """
        with self.database.begin() as connection:
            _demand_theirs(connection, person_id, certificate, compared=compared)
            _put(connection, person_id, certificate, actor=actor)

    def offered(self, person_id: str) -> SigningCertificate | None:
        """What somebody says is their certificate, and nobody has confirmed yet."""
        with self.database.read() as connection:
            return store_rights.offer_of_person(connection, person_id)

    def waiting(self) -> tuple[Offer, ...]:
        """Who has offered a certificate that nobody has confirmed or declined yet, the first first."""
        with self.database.read() as connection:
            return store_rights.offers(connection)

    def offer(self, person_id: str, certificate: SigningCertificate, *, actor: str) -> None:
        """A physician says which certificate is theirs; it signs nothing before an administrator has confirmed it.

        Raises:
            RequestError, ConflictError: no report could be signed with it, or it is another person's.
        """
        with self.database.begin() as connection:
            _demand_theirs(connection, person_id, certificate, compared=True)  # by name it is when it is confirmed
            store_rights.put_offer(connection, person_id, certificate)
            _note(connection, "qualification.certificate-offered", person_id, certificate, actor=actor)

    def confirm(self, person_id: str, *, expected_fingerprint: str, compared: bool, actor: str) -> None:
        """What was offered, and looked at under this fingerprint, is their certificate from now on.

        Raises:
            NotFoundError: nothing is offered.
            ConflictError: another one is offered by now, it bears another name, or it is another person's.
            RequestError: no report could be signed with it any more.
        """
        with self.database.begin() as connection:
            certificate = store_rights.offer_of_person(connection, person_id)
            if certificate is None:
                raise NotFoundError("no certificate is offered", phase=_BINDING)
            if certificate.fingerprint != expected_fingerprint:
                raise ConflictError("another certificate is offered by now", phase=_BINDING, remedy="look at it again")
            _demand_theirs(connection, person_id, certificate, compared=compared)
            _put(connection, person_id, certificate, actor=actor)

    def decline(self, person_id: str, *, actor: str) -> None:
        """What was offered is not confirmed, or is taken back; what is recorded stays.

        Raises:
            NotFoundError: nothing is offered.
        """
        with self.database.begin() as connection:
            certificate = store_rights.offer_of_person(connection, person_id)
            if certificate is None or not store_rights.remove_offer(connection, person_id):
                raise NotFoundError("no certificate is offered", phase=_BINDING)
            _note(connection, "qualification.certificate-declined", person_id, certificate, actor=actor)

    def unbind(self, person_id: str, *, actor: str) -> None:
        """A lost or exchanged card signs nothing more.

        Raises:
            NotFoundError: no such person, or no certificate.
        """
        with self.database.begin() as connection:
            if not store_rights.remove_certificate(connection, person_id):
                raise NotFoundError("no such certificate", phase=_BINDING)
            hub_trail.append(connection, actor=actor, event="qualification.certificate-removed", subject=person_id)

    def lacks(self, person_id: str, *, grade_needed: bool, certificate_needed: bool = False) -> tuple[Lack, ...]:
        """All that stands between somebody and a signature today."""
        lacking = self.of(person_id).lacks(today=self.access.today, grade_needed=grade_needed)
        if not certificate_needed:
            return lacking
        certificate = self.certificate(person_id)
        return (*lacking, *((Lack.NO_CERTIFICATE,) if certificate is None else certificate.lacks(at=now())))


def _demand_theirs(connection: Connection, person_id: str, certificate: SigningCertificate, *, compared: bool) -> None:
    person = store_people.find(connection, person_id)
    if person is None:
        raise NotFoundError("no such person", phase=_BINDING)
    profile = store_rights.profile_of(connection, person_id) or ReaderProfile()
    demand_fits(
        certificate,
        at=now(),
        display_name=person.display_name,
        licence_number=profile.licence_number,
        compared=compared,
    )
    if store_rights.holder_of_certificate(connection, certificate.fingerprint) not in {None, person_id}:
        raise ConflictError(_ANOTHERS, phase=_BINDING)


def _put(connection: Connection, person_id: str, certificate: SigningCertificate, *, actor: str) -> None:
    """Recorded: what else was offered is so no longer."""
    try:
        store_rights.put_certificate(connection, person_id, certificate, actor=actor)
    except IntegrityError as error:  # somebody recorded it for another person at the same moment
        raise ConflictError(_ANOTHERS, phase=_BINDING) from error
    store_rights.remove_offer(connection, person_id)
    _note(connection, "qualification.certificate-recorded", person_id, certificate, actor=actor)


def _note(connection: Connection, event: str, person_id: str, certificate: SigningCertificate, *, actor: str) -> None:
    hub_trail.append(
        connection,
        actor=actor,
        event=event,
        subject=person_id,
        details={
            "fingerprint": certificate.fingerprint,
            "name": certificate.name,
            "valid_until": certificate.valid_until.isoformat(),
        },
    )
