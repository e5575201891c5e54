"""Health by traffic at the hub: which study is the test patient's, what came of it, and that nothing of it stays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from dokuei.clock import now
from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.gateways import store_pulses
from dokuei.hub.gateways.model import Gateway, GatewayState
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.secrets import new_secret
from dokuei.storage.db import Database
from dokuei.transfer.orders import Order, OrderNotice
from dokuei.transfer.pulses import FrameWanted, Health, Pulse, judge

_PHASE = "taking a pulse"
_TAKEN: Final = "another gateway's pulse has this UID"
_LENT: Final = timedelta(minutes=1)


class PulseStudies(Protocol):
    """What this slice asks of the archive for a pulse."""

    def holds(self, site_id: str, study_instance_uid: str) -> bool:
        """Whether there is such a study."""

    def forget(self, site_id: str, study_instance_uid: str) -> None:
        """Take a test patient's study away without a trace: it is nobody's."""


@dataclass(frozen=True)
class Pulses:
    """A gateway speaks for its own pulse alone."""

    database: Database
    studies: PulseStudies

    def begin(self, gateway: Gateway, study_instance_uid: str) -> None:
        """Expect a test patient's study; what was left of the last one goes.

        Raises:
            ConflictError: a patient's study, or another gateway's pulse, has this UID.
        """
        site_id = gateway.site_id
        with self.database.read() as connection:
            ours = store_pulses.is_pulse(connection, site_id, study_instance_uid)
            known = store_pulses.expected(connection, gateway.gateway_id)
        if not ours and self.studies.holds(site_id, study_instance_uid):
            raise ConflictError("a patient's study has this UID", phase=_PHASE)
        if ours and known != study_instance_uid:
            raise ConflictError(_TAKEN, phase=_PHASE)
        if known is not None:
            self._forget(site_id, known)
        try:
            with self.database.begin() as connection:
                store_pulses.expect(
                    connection, gateway_id=gateway.gateway_id, site_id=site_id, study_instance_uid=study_instance_uid
                )
        except IntegrityError as error:  # two began at the same moment
            with self.database.read() as connection:
                known = store_pulses.expected(connection, gateway.gateway_id)
            if known != study_instance_uid:
                raise ConflictError(_TAKEN, phase=_PHASE) from error

    def keep_order(self, gateway: Gateway, notice: OrderNotice) -> bool:
        """Keep the test patient's order, which is on nobody's list; False where none is expected."""
        with self.database.begin() as connection:
            return store_pulses.keep_asked(connection, gateway.gateway_id, notice.model_dump_json())

    def order(self, gateway: Gateway) -> tuple[Order, str]:
        """The order of the caller's test patient, and its study.

        Raises:
            NotFoundError: it has not come.
        """
        with self.database.read() as connection:
            asked = store_pulses.asked_for(connection, gateway.gateway_id)
            study_instance_uid = store_pulses.expected(connection, gateway.gateway_id)
        order = None if asked is None else OrderNotice.model_validate_json(asked).order
        if order is None or study_instance_uid is None:
            raise NotFoundError("no order of a test patient is here", phase=_PHASE)
        return order, study_instance_uid

    def lend(self, gateway: Gateway, wanted: FrameWanted) -> str:
        """A secret that reads the caller's own test study, nothing else, and for a minute.

        Raises:
            NotFoundError: it is another study.
        """
        secret = new_secret()
        with self.database.begin() as connection:
            if store_pulses.expected(connection, gateway.gateway_id) != wanted.study_instance_uid:
                raise NotFoundError("no such pulse", phase=_PHASE)
            store_pulses.lend(connection, gateway.gateway_id, secret, until=now() + _LENT)
        return secret

    def end(self, gateway: Gateway, pulse: Pulse) -> None:
        """Keep what came of a pulse; its study goes."""
        with self.database.begin() as connection:
            known = store_pulses.expected(connection, gateway.gateway_id)
            store_pulses.note(connection, gateway.gateway_id, pulse)
        if known is not None:
            self._forget(gateway.site_id, known)

    def is_pulse(self, site_id: str, study_instance_uid: str) -> bool:
        """Whether a study is the test patient's: never a case, never counted."""
        with self.database.read() as connection:
            return store_pulses.is_pulse(connection, site_id, study_instance_uid)

    def healths(self, gateways: Collection[GatewayState], at: datetime) -> dict[str, Health]:
        """How the whole way of each gateway stands; one that has never sent a pulse is only as alive as it is."""
        ids = [one.gateway.gateway_id for one in gateways]
        with self.database.read() as connection:
            known = store_pulses.last(connection, ids)
        return {
            one.gateway.gateway_id: judge(
                known.get(one.gateway.gateway_id), at=at, alive=one.online(at), silent_part="gateway"
            )
            for one in gateways
            if one.gateway.revoked_at is None
        }

    def _forget(self, site_id: str, study_instance_uid: str) -> None:
        self.studies.forget(site_id, study_instance_uid)
        with self.database.begin() as connection:
            store_pulses.forget(connection, site_id, study_instance_uid)


def reader(connection: Connection, secret: str) -> Principal | None:
    """Who may look at a test study by a secret that was lent for it."""
    lent = store_pulses.lent_to(connection, secret, at=now())
    if lent is None:
        return None
    return Principal(
        actor=f"gateway:{lent.gateway_id}",
        person_id=None,
        display_name="pulse",
        permissions=frozenset({Permission.READ_IMAGES}),
        site_ids=frozenset({lent.site_id}),
        only_study=lent.study_instance_uid,
    )
