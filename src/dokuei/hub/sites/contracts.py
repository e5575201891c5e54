"""A contract with a hospital: what it says, and that no version of it is ever written over (JRS-03)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal

from dokuei.errors import RequestError
from dokuei.transfer.contract import KINDS, ContractScope, ReadingKind

Priority = Literal["routine", "high", "urgent"]
Unit = Literal["working_days", "hours"]
Standing = Literal["valid", "coming", "over", "terminated", "none"]
PRIORITIES: Final[tuple[Priority, ...]] = ("routine", "high", "urgent")
LONGEST_TERMS: Final = 8_000
_MOST: Final[dict[Unit, int]] = {"working_days": 90, "hours": 24 * 90}
_PHASE: Final = "recording a contract"


@dataclass(frozen=True)
class Turnaround:
    """Within what time a report of that priority is due: the site's working days at its due time, or plain hours."""

    priority: Priority
    amount: int
    unit: Unit = "working_days"


@dataclass(frozen=True)
class Terms:
    """What one version of a contract says; no modality or kind named means that each is covered.

    ``terminated_on`` is the last day that counts where it ends before its term.
    """

    valid_from: date | None = None
    valid_until: date | None = None
    modalities: tuple[str, ...] = ()
    kinds: tuple[ReadingKind, ...] = ()
    turnarounds: tuple[Turnaround, ...] = ()
    fee: str = ""
    responsibility: str = ""
    insurance: str = ""
    note: str = ""
    terminated_on: date | None = None

    @property
    def last_day(self) -> date | None:
        """The last day that counts."""
        ends = [one for one in (self.valid_until, self.terminated_on) if one is not None]
        return min(ends, default=None)

    def scope(self) -> ContractScope:
        """What a request is held against."""
        return ContractScope(
            valid_from=self.valid_from,
            valid_until=self.last_day,
            terminated=self.terminated_on is not None,
            modalities=self.modalities,
            kinds=self.kinds,
        )

    def turnaround(self, priority: Priority) -> Turnaround | None:
        """What was agreed for a priority; a higher one without words of its own waits no longer than a lower one."""
        for one in PRIORITIES[PRIORITIES.index(priority) :: -1]:
            found = next((said for said in self.turnarounds if said.priority == one), None)
            if found is not None:
                return found
        return None

    def standing(self, day: date) -> Standing:
        """How it stands on a day."""
        if self.scope().covers(day):
            return "valid"
        if self.valid_from is not None and day < self.valid_from:
            return "coming"
        return "terminated" if self.terminated_on is not None and self.terminated_on < day else "over"


@dataclass(frozen=True)
class Version:
    """One version: who wrote it, when and why."""

    contract_id: str
    site_id: str
    number: int
    terms: Terms
    at: datetime
    actor: str
    actor_name: str
    because: str = ""


@dataclass(frozen=True)
class Contract:
    """A contract with all its versions, the latest first."""

    versions: tuple[Version, ...]

    @property
    def present(self) -> Version:
        """What holds."""
        return self.versions[0]


def grouped(versions: Iterable[Version]) -> tuple[Contract, ...]:
    """Contracts, the one that began last first; their versions, the latest first."""
    found: dict[str, list[Version]] = {}
    for one in sorted(versions, key=lambda one: -one.number):
        found.setdefault(one.contract_id, []).append(one)
    contracts = (Contract(tuple(said)) for said in found.values())
    return tuple(
        sorted(contracts, key=lambda one: (one.present.terms.valid_from or date.min, one.versions[-1].at), reverse=True)
    )


def site_standing(contracts: Sequence[Contract], day: date) -> Standing:
    """How a site's contracts stand as a whole: one that is valid, else one that is coming, else how the last ended."""
    found = [one.present.terms.standing(day) for one in contracts]
    return next((one for one in ("valid", "coming") if one in found), found[0] if found else "none")


def checked(terms: Terms) -> Terms:
    """Refuse terms that nothing could be held against.

    Raises:
        RequestError: with the reason.
    """
    modalities = tuple(dict.fromkeys(one.strip().upper() for one in terms.modalities if one.strip()))
    wrong = _wrong(terms, modalities)
    if wrong:
        raise RequestError(wrong, phase=_PHASE)
    return replace(terms, modalities=modalities, kinds=tuple(one for one in KINDS if one in terms.kinds))


def _wrong(terms: Terms, modalities: Sequence[str]) -> str | None:
    if terms.valid_from and terms.valid_until and terms.valid_until < terms.valid_from:
        return "the contract ends before it starts"
    if unknown := [one for one in terms.kinds if one not in KINDS]:
        return f"no kind of reading: {', '.join(unknown)}"
    if odd := [one for one in modalities if not (one.isascii() and one.isalnum() and len(one) <= 16)]:  # noqa: PLR2004 - CS, PS3.5 6.2
        return f"no modality: {', '.join(odd)[:100]}"
    if any(len(one) > LONGEST_TERMS for one in (terms.fee, terms.responsibility, terms.insurance, terms.note)):
        return f"a text of a contract has at most {LONGEST_TERMS} characters"
    return _wrong_turnarounds(terms.turnarounds)


def _wrong_turnarounds(turnarounds: Sequence[Turnaround]) -> str | None:
    said = [one.priority for one in turnarounds]
    if len(said) != len(set(said)) or not set(said) <= set(PRIORITIES):
        return "a turnaround is said once for each priority"
    if any(not 0 <= one.amount <= _MOST.get(one.unit, -1) for one in turnarounds):
        return f"a turnaround is 0 to {_MOST['working_days']} working days or 0 to {_MOST['hours']} hours"
    return None
