"""Who may read what in a case that two read without knowing of each other, and whose opinion is open to whom."""

from collections.abc import Mapping

from dokuei.errors import ConflictError, NotFoundError
from dokuei.hub.worklist.model import Holding, ReadingRole, WorklistItem, demand_free

PAIR = (ReadingRole.FIRST, ReadingRole.SECOND)
ONCE = (ReadingRole.SOLE,)
TWICE = (*PAIR, ReadingRole.ARBITER)
FINAL = frozenset({ReadingRole.SOLE, ReadingRole.ARBITER})
_ORDER = (ReadingRole.SOLE, *TWICE)


def roles_for(*, twice: bool) -> tuple[ReadingRole, ...]:
    """The readings that a case needs."""
    return TWICE if twice else ONCE


def is_untouched(item: WorklistItem) -> bool:
    """Whether nobody has ever had a part in reading the case."""
    return not item.held_before and not any(held.person_id or held.signed_at for held in item.holdings)


def both_signed(item: WorklistItem) -> bool:
    """Whether both blind readings are done: from then on each opinion is open."""
    pair = [held for held in item.holdings if held.role in PAIR]
    return bool(pair) and all(held.signed_at for held in pair)


def is_sealed(item: WorklistItem, role: ReadingRole) -> bool:
    """Whether this role's opinion is for its own reader alone, since the other one has not signed yet."""
    return role in PAIR and not both_signed(item)


def why_not(item: WorklistItem, role: ReadingRole, person_id: str) -> str | None:
    """Why this person may not have this role at all, whoever holds it; None where nothing is against it."""
    if role in PAIR:
        other = PAIR[1 - PAIR.index(role)]
        if (other, person_id) in item.held_before:
            return "one person does not give both readings of a case"
    if role is ReadingRole.ARBITER:
        if not both_signed(item):
            return "both readings come first"
        if any(held.role in PAIR and held.person_id == person_id for held in item.holdings):
            return "whoever gave one of the two readings does not decide between them"
    return None


def role_to_take(item: WorklistItem, person_id: str) -> ReadingRole | None:
    """The reading that is this person's already, else the first that is free for them."""
    mine = next((held.role for held in item.holdings if held.person_id == person_id and not held.signed_at), None)
    free = (held.role for held in _in_order(item) if _is_free(held) and why_not(item, held.role, person_id) is None)
    return mine or next(free, None)


def holder_for(item: WorklistItem, person_id: str | None) -> str | None:
    """Who stands between this person and the case: themselves where they read it, nobody where a role is free."""
    role = role_to_take(item, person_id or "")
    if role is not None:
        held = item.holding(role)
        return None if held is None else held.person_id
    return next((held.person_id for held in _in_order(item) if held.person_id and not held.signed_at), None)


def role_shown(item: WorklistItem, person_id: str | None) -> ReadingRole:
    """Whose report somebody means who names none: their own, else the one that leaves the centre."""
    if item.holding(ReadingRole.SOLE) is not None:
        return ReadingRole.SOLE
    mine = [held for held in item.holdings if person_id is not None and held.person_id == person_id]
    mine.sort(key=lambda held: (held.signed_at is not None, _ORDER.index(held.role)))
    return mine[0].role if mine else ReadingRole.ARBITER


def demand_takes(item: WorklistItem, role: ReadingRole | None, *, person_id: str, names: Mapping[str, str]) -> Holding:
    """The reading that this person may have now; the first that is free where none is named.

    Raises:
        NotFoundError: no such role in this case.
        ConflictError: another has it, it is signed, or this person must not have it.
    """
    wanted = role or role_to_take(item, person_id) or _in_order(item)[0].role
    held = item.holding(wanted)
    if held is None:
        raise NotFoundError("no such role in this case", phase="claiming a case")
    demand_free(held, person_id=person_id, names=names)
    against = why_not(item, wanted, person_id)
    if against is not None:
        raise ConflictError(against, phase="claiming a case", remedy="another reader takes it")
    return held


def _in_order(item: WorklistItem) -> list[Holding]:
    return sorted(item.holdings, key=lambda held: _ORDER.index(held.role))


def _is_free(held: Holding) -> bool:
    return held.person_id is None and held.signed_at is None
