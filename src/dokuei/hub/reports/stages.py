"""Preliminary (暫定), final, amended, withdrawn (取り下げ): which version may follow which, and what changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dokuei.errors import ConflictError, DokueiError, ForbiddenError, RequestError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.reports.checks import SIGNIFICANT, as_worded
from dokuei.hub.reports.circumstances import Call
from dokuei.hub.reports.model import Case, Content, Kind, SignedVersion
from dokuei.hub.reports.structure import SIDES

LONGEST_REASON = 1000
_FINAL = frozenset({"original", "amendment"})


def next_kind(before: Iterable[SignedVersion], case: Case, *, preliminary: bool) -> Kind:
    """What the next signed version is.

    Raises:
        ConflictError: a preliminary version of a report that is final already, or of a reading that does not leave.
    """
    stands = any(one.kind in _FINAL for one in before)
    if not preliminary:
        return "amendment" if stands else "original"
    if stands:
        raise ConflictError("this report is final already", phase="preparing to sign", remedy="amend it")
    if not case.leaves_the_centre:
        raise ConflictError("this reading does not leave the centre", phase="preparing to sign")
    return "preliminary"


def preliminary_of(before: Sequence[SignedVersion]) -> SignedVersion | None:
    """The preliminary version that a final one is held against: what the hospital has in its hands now."""
    return before[-1] if before and before[-1].kind == "preliminary" else None


def changed_sides(before: Content, after: Content) -> tuple[str, ...]:
    """The breasts whose category is another one than the preliminary report said (REPORT-12)."""
    pairs = {
        "right": (before.category_right, after.category_right),
        "left": (before.category_left, after.category_left),
    }
    return tuple(side for side in SIDES if pairs[side][0] != pairs[side][1])


def is_reworded(before: Content, after: Content) -> bool:
    """Whether diagnosis or recommendation are other ones, with every category as it was: its reader judges that."""
    words = ((one.impression.strip(), one.structure.recommendation) for one in (before, after))
    return not changed_sides(before, after) and len(set(words)) > 1


def significant_changes(before: Content, after: Content) -> tuple[str, ...]:
    """What the hospital has to be told by voice: breasts by category, or the report if its reader says so."""
    judged = (SIGNIFICANT, as_worded(after))
    answers = {one.reason for one in after.answers if (one.check, one.about) == judged}
    return changed_sides(before, after) or (("",) if is_reworded(before, after) and "yes" in answers else ())


def written_preliminary(
    before: SignedVersion | None, said: Content | None, content: Content, call: Call | None, *, zone: ZoneInfo
) -> dict[str, Any] | None:
    """What a final version says of the preliminary one that it replaces; None where there was none."""
    if before is None or said is None:
        return None
    was = {"right": said.category_right, "left": said.category_left}
    now = {"right": content.category_right, "left": content.category_left}
    told = (
        None
        if call is None
        else {"person": call.person, "number": call.number, "at": call.at.astimezone(zone).isoformat()}
    )
    return {
        "version": before.number,
        "digest": before.digest,
        "signed_at": before.signature.signed_at.astimezone(zone).isoformat(),
        "changed": [{"side": side, "from": was[side], "to": now[side]} for side in changed_sides(said, content)],
        "reworded": is_reworded(said, content),
        "significant": bool(significant_changes(said, content)),
        "told": told,
    }


def demand_withdrawable(before: Sequence[SignedVersion], case: Case) -> SignedVersion:
    """The version that is withdrawn.

    Raises:
        ConflictError: nothing is signed, it is withdrawn already, or it never left the centre.
    """
    if not before or not case.leaves_the_centre:
        raise ConflictError("there is no report to withdraw", phase="withdrawing a report")
    if before[-1].kind == "withdrawal":
        raise ConflictError("this report is withdrawn already", phase="withdrawing a report")
    return before[-1]


def may_withdraw(before: Sequence[SignedVersion], case: Case, principal: Principal) -> bool:
    """Whether somebody may withdraw what stands."""
    try:
        demand_may_withdraw(demand_withdrawable(before, case), case, principal)
    except DokueiError:
        return False
    return True


def demand_may_withdraw(standing: SignedVersion, case: Case, principal: Principal) -> None:
    """Whoever signed what stands, or a physician of the reading centre.

    Raises:
        NotFoundError, ForbiddenError: neither, or no right to sign there.
    """
    principal.demand(Permission.SIGN_REPORT, case.site_id)
    of_the_centre = Permission.SIGN_REPORT in principal.centre_permissions
    if not of_the_centre and standing.signature.person_id != principal.person_id:
        raise ForbiddenError(
            "only who signed it, or a reader of the centre, withdraws a report", phase="withdrawing a report"
        )


def checked_reason(reason: str) -> str:
    """Why a report is withdrawn.

    Raises:
        RequestError: nothing, too much, or what cannot be printed.
    """
    reason = reason.strip()
    wrong = any(ord(letter) < ord(" ") and letter not in "\n\t" for letter in reason)
    if not reason or wrong or len(reason) > LONGEST_REASON:
        raise RequestError(
            f"a report is withdrawn for a reason, in at most {LONGEST_REASON} characters", phase="withdrawing a report"
        )
    return reason


def kind_of(document: Mapping[str, Any]) -> Kind:
    """What a version's document is; documents of before it was written in follow from what they replace."""
    kind: Kind = document.get("kind") or ("amendment" if document["replaces"] else "original")
    return kind
