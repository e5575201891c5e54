"""What is said about cases, as far as a list shows it: how much is unread, and whether a question is open."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from dokuei.hub.identity.model import Principal
from dokuei.hub.worklist.model import WorklistItem


@dataclass(frozen=True)
class ThreadState:
    """What waits in one case's thread for somebody."""

    unread_messages: int = 0
    open_question: bool = False


class Threads(Protocol):
    """What cases ask of messages."""

    def of(self, principal: Principal, items: Collection[WorklistItem]) -> Mapping[str, ThreadState]:
        """What waits in these cases' threads for somebody; a case in which nothing does is not named."""

    def every(self, principal: Principal) -> Mapping[str, ThreadState]:
        """What waits for somebody in all threads that they may read."""
