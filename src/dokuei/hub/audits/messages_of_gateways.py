"""What happened in the hospital, as its gateway told it: who sent, who took, and when (PS3.15 A.5.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dokuei.dicom.audit_message import DESTINATION, SOURCE, Participant
from dokuei.hub.audits.model import Line

HUB: Final = "dokuei-hub"
_GATEWAY: Final = "gateway:"
_TO_THE_HUB: Final = frozenset({"study.announced", "study.forwarded"})
_TO_THE_HOSPITAL: Final = frozenset({"report.filed", "report.stored"})
_FROM_A_MODALITY: Final = frozenset({"instances.received"})


@dataclass(frozen=True)
class There:
    """When it was by the gateway's clock, and who did it there."""

    at: datetime
    actor: str

    def participants(self, line: Line, details: Mapping[str, Any]) -> tuple[Participant, ...]:
        """The gateway and the other side, with who sent and who took where something went from one to the other."""
        gateway, name = line.actor.actor, line.actor.display_name
        kind, _, named = self.actor.partition(":")
        address = named if kind == "address" else details.get("address")
        at_address = address if isinstance(address, str) else ""
        if line.event in _TO_THE_HUB:
            source = Participant(gateway, name, is_requestor=True, roles=(SOURCE,))
            return source, Participant(HUB, "dokuei", roles=(DESTINATION,))
        if line.event in _TO_THE_HOSPITAL:
            source = Participant(gateway, name, is_requestor=True, roles=(SOURCE,))
            return source, Participant(str(details.get("to") or "hospital"), roles=(DESTINATION,))
        sent = line.event in _FROM_A_MODALITY
        who = Participant(self.actor, is_requestor=True, roles=(SOURCE,) if sent else (), address=at_address)
        return who, Participant(gateway, name, roles=(DESTINATION,) if sent else ())


def told_by_gateway(line: Line, details: Mapping[str, Any]) -> There | None:
    """What the gateway said of it; None where the entry is the hub's own."""
    there = details.get("gateway")
    if not line.actor.actor.startswith(_GATEWAY) or not isinstance(there, dict):
        return None
    try:
        return There(datetime.fromisoformat(str(there["at"])), str(there["actor"]))
    except (KeyError, ValueError):
        return None
