"""Readers' qualifications: recorded by an administrator, seen by their owner, asked for by whatever is signed."""

import json
from dataclasses import dataclass

from dokuei.clock import now
from dokuei.errors import NotFoundError
from dokuei.hub.identity import store_people, store_rights
from dokuei.hub.identity.qualification import Lack, ReaderProfile, checked_profile
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Qualifications:
    """The verbs on qualifications."""

    database: Database

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
                details=json.loads(profile.as_of(now().date())),
            )
        return profile

    def lacks(self, person_id: str, *, grade_needed: bool) -> tuple[Lack, ...]:
        """All that stands between somebody and a signature today."""
        return self.of(person_id).lacks(today=now().date(), grade_needed=grade_needed)
