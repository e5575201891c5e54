"""What the hub says during one upload, and whether it came further by it."""

from typing import TYPE_CHECKING

from dokuei.gateway.link import Link
from dokuei.gateway.sending import Lane
from dokuei.transfer.protocol import UploadEvent

if TYPE_CHECKING:
    from dokuei.errors import DokueiError


class Hearing:
    """One upload's events on their way to its lane; ``end`` is why the hub ended it, where it said so."""

    def __init__(self, link: Link, lane: Lane) -> None:
        self._link = link
        self._lane = lane
        self._heard = False
        self.progress = False
        self.end: DokueiError | None = None

    def on_event(self, event: UploadEvent) -> None:
        """Take one of them."""
        if not self._heard:
            self._heard = True
            self._link.succeeded()
        if event.event == "end" and event.problem is not None:
            self.end = event.problem.error()
        self.progress = self.progress or event.event in {"stored", "judged"}
        self._lane.on_event(event)
