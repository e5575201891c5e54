"""The PACS is asked whether it keeps the test patient's document, like any other (Storage Commitment, PS3.4 J)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pydicom.uid import generate_uid

from dokuei.clock import monotonic, now
from dokuei.errors import PeerRefusedError, UnreachableError
from dokuei.gateway import commitment_tables
from dokuei.gateway.commitment_ask import NOT_OFFERED, asking, refusal
from dokuei.gateway.commitment_tables import Request
from dokuei.gateway.link import Link
from dokuei.gateway.outlet_tables import Objects
from dokuei.settings import Destination, Settings
from dokuei.storage.db import Database
from dokuei.transfer.pulses import LegState

_PHASE: Final = "taking a pulse"
_LISTEN_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 0.2
_TOO_LATE: Final = timedelta(minutes=30)
_FORGOTTEN: Final = timedelta(days=2)


@dataclass(frozen=True)
class Committing:
    """Many a PACS reports much later, on an association of its own: only a silence of half an hour is a failure."""

    settings: Settings
    database: Database
    link: Link

    def ask(self, pacs: Destination, objects: Objects, *, seconds: float) -> LegState:
        """Whether it keeps these; ``waiting`` where it has not said so within ``seconds``.

        Raises:
            PeerRefusedError: it does not keep them, or does not take the question.
            UnreachableError: it does not answer.
        """
        transaction_uid = generate_uid(prefix=None)
        with asking(self.settings, self.database, pacs) as association:
            if association is None:
                return _not_offered(pacs)
            with self.database.begin() as connection:
                commitment_tables.add_pulse(connection, transaction_uid, objects)
            refused = refusal(association, transaction_uid, objects)
            if refused:
                with self.database.begin() as connection:
                    commitment_tables.forget(connection, transaction_uid)
                raise PeerRefusedError(refused, phase=_PHASE)
            self._listen(transaction_uid, min(_LISTEN_SECONDS, seconds))
        self._listen(transaction_uid, seconds)
        return self._verdict(transaction_uid)

    def _listen(self, transaction_uid: str, seconds: float) -> None:
        until = monotonic() + seconds
        while monotonic() < until and not self.link.stop.wait(_LOOK_SECONDS):
            with self.database.read() as connection:
                if not commitment_tables.unanswered(connection, [transaction_uid]):
                    return

    def _verdict(self, transaction_uid: str) -> LegState:
        """By the last answer that came, to this request or to one of before; and by how long none has come."""
        with self.database.begin() as connection:
            asked = commitment_tables.pulses(connection)
            commitment_tables.forget_pulses(connection, asked_before=now() - _FORGOTTEN)
        answered = [one for one in asked if one.answered_at is not None]
        if answered and answered[-1].wrong:
            raise PeerRefusedError(answered[-1].wrong, phase=_PHASE)
        if any(one.transaction_uid == transaction_uid for one in answered):
            return "ok"
        _demand_patience(next(one for one in asked if one.answered_at is None))
        return "waiting"


def _not_offered(pacs: Destination) -> LegState:
    if pacs.commitment == "required":
        raise PeerRefusedError(NOT_OFFERED, phase=_PHASE)
    return "skipped"


def _demand_patience(oldest: Request) -> None:
    if now() - oldest.asked_at > _TOO_LATE:
        raise UnreachableError("the PACS is asked whether it keeps it, and has not answered for long", phase=_PHASE)
