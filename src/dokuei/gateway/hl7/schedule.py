"""What an order says to the modality: when, where, and under which numbers of the worklist (IPC, TQ1; RAD-4)."""

from collections.abc import Sequence

from dokuei.gateway.hl7.message import Segment
from dokuei.gateway.hl7.person import day
from dokuei.gateway.steps.schedule import Scheduled, time_of


def scheduled(planned: Sequence[str], ipc: Segment | None) -> Scheduled:
    """``planned`` are the moments that the order names, the best first: the time stands beside the day that is used."""
    moment = next((one for one in planned if day(one)), "")
    if ipc is None:
        return Scheduled(start_time=time_of(moment))
    return Scheduled(
        start_time=time_of(moment),
        station_ae_title=ipc.text(9)[:16],
        station_name=ipc.text(7, 2) or ipc.text(7),
        location=ipc.text(8, 2) or ipc.text(8),
        requested_procedure_id=ipc.text(2),
        step_id=ipc.text(4),
    )
