"""A clerk enters for a physician (REC-04): without the reading role, and only as long as nobody has it."""

from dokuei.errors import ConflictError, ForbiddenError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.reports.model import Case

_PHASE = "writing a report"
_ENTERED_ROLE = "sole"


def demand_enters(principal: Principal, case: Case) -> None:
    """Refuse a case that is not this person's, but for a clerk while no reader has it: two never write one report.

    The permission to write has been asked for already. A blind reading is its own reader's alone.

    Raises:
        ForbiddenError: claim it first, or a reader has it.
        ConflictError: whose images these are is not settled (REC-10).
    """
    may_enter = principal.person_id is not None and not principal.may(Permission.CLAIM_CASE, case.site_id)
    if not may_enter or case.role != _ENTERED_ROLE:
        raise ForbiddenError("this case is not yours", phase=_PHASE, remedy="claim it first")
    if case.holder is not None:
        raise ForbiddenError("a physician has this case", phase=_PHASE, remedy="ask them to give it back, or to write")
    if case.request_mismatch:
        raise ConflictError(
            "request and images do not name the same patient, or two requests name these images",
            phase=_PHASE,
            remedy="somebody decides it on the list of requests",
        )
