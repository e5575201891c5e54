"""Accounts that nobody uses: listed once a month, reviewed by an administrator (AUTH-15)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dokuei.clock import now
from dokuei.errors import NotFoundError
from dokuei.hub.identity import store_access, store_dormant, store_people
from dokuei.hub.identity.model import EMERGENCY
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database

AFTER_DAYS: Final = 90


@dataclass(frozen=True)
class DormantAccount:
    """An account that could be used and is not."""

    person_id: str
    display_name: str
    user_name: str
    last_seen_at: datetime | None


@dataclass(frozen=True)
class DormantMonth:
    """The list of one month as it was made, and who has reviewed it."""

    month: str
    made_at: datetime
    after_days: int
    accounts: tuple[DormantAccount, ...]
    reviewed_at: datetime | None
    reviewed_by: str | None


@dataclass(frozen=True)
class Dormant:
    """The verbs on dormant accounts."""

    database: Database
    after: Callable[[], int] = lambda: AFTER_DAYS

    def make(self) -> bool:
        """This month's list, unless it is made; whether it was made now."""
        moment = now()
        month = f"{moment:%Y-%m}"
        after_days = self.after()
        with self.database.begin() as connection:
            if store_dormant.find(connection, month) is not None:
                return False
            seen = store_access.last_sign_ins(connection)
            before = moment - timedelta(days=after_days)
            found = [
                [person.person_id, person.display_name, person.user_name, last.isoformat() if last else None]
                for listed in store_people.every(connection, today=moment.date())
                for person, last in [(listed.person, seen.get(listed.person.person_id))]
                if listed.grants and person.locked_at is None and person.user_name != EMERGENCY
                if (person.ends_on is None or person.ends_on >= moment.date())
                if (last or listed.created_at) < before
            ]
            store_dormant.add(connection, month, after_days=after_days, accounts=json.dumps(found))
            if found:
                hub_trail.append(
                    connection,
                    actor="system",
                    event="accounts.dormant.listed",
                    subject=month,
                    details={"accounts": [row[0] for row in found], "after_days": after_days},
                )
        return True

    def months(self) -> tuple[DormantMonth, ...]:
        """The lists of the last two years, the latest first."""
        with self.database.read() as connection:
            return tuple(
                DormantMonth(
                    month=row.month,
                    made_at=row.made_at,
                    after_days=row.after_days,
                    accounts=tuple(
                        DormantAccount(person_id, name, user_name, datetime.fromisoformat(last) if last else None)
                        for person_id, name, user_name, last in json.loads(row.accounts)
                    ),
                    reviewed_at=row.reviewed_at,
                    reviewed_by=row.reviewed_by,
                )
                for row in store_dormant.latest(connection)
            )

    def review(self, month: str, *, actor: str) -> None:
        """An administrator has gone through a month's list.

        Raises:
            NotFoundError: no list of that month, or reviewed already.
        """
        with self.database.begin() as connection:
            if not store_dormant.review(connection, month, actor=actor):
                raise NotFoundError("no list of this month waits for a review", phase="reviewing accounts")
            hub_trail.append(connection, actor=actor, event="accounts.dormant.reviewed", subject=month)
