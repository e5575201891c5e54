"""Recording certifications, and saying whether one covers what is running."""

import uuid
from dataclasses import dataclass

from dokuei.clock import now
from dokuei.errors import NotFoundError
from dokuei.hub.certification import store
from dokuei.hub.certification.model import Certification, checked
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Certifications:
    """The verbs on certifications of this programme."""

    database: Database
    running_version: str

    def present(self) -> Certification | None:
        """The one that covers the running version; without it everything here is in evaluation."""
        return next((one for one in self.every() if one.covers(self.running_version)), None)

    def every(self) -> tuple[Certification, ...]:
        """All that were ever recorded, the latest first."""
        with self.database.read() as connection:
            return store.every(connection)

    def record(self, *, number: str, holder: str, version: str, actor: str) -> Certification:
        """Write down what the certificate says.

        Raises:
            RequestError: a field is empty.
        """
        recorded = checked(
            Certification(
                certification_id=uuid.uuid4().hex,
                number=number.strip(),
                holder=holder.strip(),
                version=version.strip(),
                recorded_at=now(),
                recorded_by=actor,
            )
        )
        with self.database.begin() as connection:
            store.add(connection, recorded)
            hub_trail.append(
                connection,
                actor=actor,
                event="certification.recorded",
                subject=recorded.certification_id,
                details={"number": recorded.number, "holder": recorded.holder, "version": recorded.version},
            )
        return recorded

    def withdraw(self, certification_id: str, *, actor: str) -> None:
        """Bring the notice back.

        Raises:
            NotFoundError: no such certification that counts.
        """
        with self.database.begin() as connection:
            if not store.withdraw(connection, certification_id, actor=actor):
                raise NotFoundError("no such certification", phase="withdrawing a certification")
            hub_trail.append(connection, actor=actor, event="certification.withdrawn", subject=certification_id)
