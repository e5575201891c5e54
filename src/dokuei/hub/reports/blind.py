"""Two readings that know nothing of each other: who may see one, and until when it may be changed."""

from dokuei.errors import ConflictError, ForbiddenError
from dokuei.hub.reports.model import Case


def demand_open(case: Case, *, person_id: str | None, reads: bool) -> None:
    """Refuse a look at one of two blind readings: to all but its reader until both are signed, then to all but readers.

    Raises:
        ForbiddenError: with the reason.
    """
    if case.leaves_the_centre or (person_id is not None and case.holder == person_id):
        return
    if case.sealed or not reads:
        raise ForbiddenError(
            "this reading is sealed until the other one is signed" if case.sealed else "this reading is for readers",
            phase="reading a report",
            remedy="wait for the final reading",
        )


def demand_amendable(case: Case) -> None:
    """Refuse to change one of two blind readings when the other is open: the third reading decides.

    Raises:
        ConflictError: both are signed.
    """
    if not case.leaves_the_centre and not case.sealed:
        raise ConflictError(
            "both readings are signed and open", phase="amending a report", remedy="the final reading decides"
        )
