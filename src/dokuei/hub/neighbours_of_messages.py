"""What worklist and reports ask of the threads, and the threads of the worklist."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from dokuei.errors import ConflictError
from dokuei.hub.identity.model import Principal
from dokuei.hub.messages.model import Case as ThreadCase
from dokuei.hub.messages.service import MessagesService
from dokuei.hub.reports.circumstances import Call
from dokuei.hub.worklist.model import WorklistItem
from dokuei.hub.worklist.service import WorklistService
from dokuei.hub.worklist.threads import ThreadState


@dataclass(frozen=True)
class ThreadCases:
    """Messages ask the worklist whose case they are about."""

    worklist: WorklistService

    def thread_of(
        self, connection: Connection, item_id: str, *, site_ids: Collection[str], lock: bool = False
    ) -> ThreadCase:
        """One case; ``lock`` lets writers of one thread queue.

        Raises:
            NotFoundError: no such case at those sites.
        """
        item = self.worklist.case_in(connection, item_id, site_ids=site_ids, lock=lock)
        holders = tuple(held.person_id for held in item.holdings if held.person_id is not None)
        return ThreadCase(item_id, item.study.site_id, item.study.study_instance_uid, holders)


@dataclass(frozen=True)
class ThreadQuestions:
    """Reports ask the threads whether anything holds a signature."""

    messages: MessagesService

    def demand_settled(self, connection: Connection, item_id: str) -> None:
        """Nothing where no question stands open that the report must wait for.

        Raises:
            ConflictError: one does.
        """
        if self.messages.holds_signing(connection, item_id):
            raise ConflictError(
                "未回答の質問があります / a question that holds the signature is open",
                phase="preparing to sign",
                remedy="wait for the answer, or waive the question with a reason",
            )

    def called_back(self, connection: Connection, item_id: str) -> bool:
        """Whether somebody was called about the case."""
        return self.messages.called_back(connection, item_id)

    def call_since(self, connection: Connection, item_id: str, moment: datetime) -> Call | None:
        """Whom a call reached after that moment, who read back what they were told."""
        found = self.messages.last_calls(connection, {item_id}, confirmed=True).get(item_id)
        return None if found is None or found.at < moment else Call(found.person, found.number, found.at)


@dataclass(frozen=True)
class ThreadCalls:
    """What became of reports asks the threads who was called."""

    messages: MessagesService

    def last_calls(self, connection: Connection, item_ids: Collection[str]) -> dict[str, datetime]:
        """When somebody was last called about each of these cases."""
        return {item_id: call.at for item_id, call in self.messages.last_calls(connection, item_ids).items()}


@dataclass(frozen=True)
class CaseThreads:
    """The worklist asks the threads what waits in them for whom."""

    messages: MessagesService

    def of(self, principal: Principal, items: Collection[WorklistItem]) -> Mapping[str, ThreadState]:
        """What waits in these cases' threads for somebody; a case in which nothing does is not named."""
        return self._states(principal, {one.worklist_item_id for one in items})

    def every(self, principal: Principal) -> Mapping[str, ThreadState]:
        """What waits for somebody in all threads that they may read."""
        return self._states(principal, None)

    def _states(self, principal: Principal, item_ids: Collection[str] | None) -> Mapping[str, ThreadState]:
        found = self.messages.waiting(principal, item_ids)
        return {item_id: ThreadState(one.unread, one.open_question) for item_id, one in found.items()}
