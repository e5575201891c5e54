"""What accounts need of the hub's worker: substitutes that are over are closed, and each month has its list."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from dokuei.clock import now
from dokuei.hub.identity.service import IdentityService

_EVERY = timedelta(minutes=1)
_log = structlog.get_logger()


@dataclass
class Accounts:
    """The worker's step for accounts, once a minute."""

    identity: IdentityService
    not_before: datetime | None = None

    def step(self) -> None:
        """Close what is over, and make this month's list of dormant accounts unless it is made."""
        moment = now()
        if self.not_before is not None and moment < self.not_before:
            return
        self.not_before = moment + _EVERY
        try:
            closed = self.identity.substitutes.close_expired()
            self.identity.dormant.make()
        except Exception as failure:  # noqa: BLE001 - the worker loop is an outer door
            _log.error("accounts.failed", error=type(failure).__name__)
            return
        if closed:
            _log.info("substitutes.ended", count=closed)
