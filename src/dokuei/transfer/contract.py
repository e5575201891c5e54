"""What a hospital and the reading centre have agreed that is read, and why something is outside it (JRS-03).

The hub keeps the contracts and tells each gateway their scope with the heartbeat, so that a hospital's system hears
at once, in the answer to its order, what the hub would refuse. Both judge by the one function here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

ReadingKind = Literal["screening", "diagnostic", "second_reading", "consultation"]
Outside = Literal["day", "modality", "kind"]
KINDS: Final[tuple[ReadingKind, ...]] = ("screening", "diagnostic", "second_reading", "consultation")
KINDS_JA: Final[dict[str, str]] = {
    "screening": "検診読影",
    "diagnostic": "診断読影",
    "second_reading": "第二読影",
    "consultation": "コンサルテーション",
}
KINDS_EN: Final[dict[str, str]] = {
    "screening": "screening",
    "diagnostic": "diagnostic",
    "second_reading": "second reading",
    "consultation": "consultation",
}
_LENIENT: Final = ConfigDict(frozen=True, extra="ignore")  # the other side may be a version ahead


class ContractScope(BaseModel):
    """One contract as far as a request is held against it; no modality or kind named means that each is covered.

    ``valid_until`` is the last day that counts, an early end included; open ends cover everything.
    """

    model_config = _LENIENT

    valid_from: date | None = None
    valid_until: date | None = None
    terminated: bool = False
    modalities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether a day is within its term."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class ContractScopes(BaseModel):
    """All contracts of a site, and the zone in which its days begin."""

    model_config = _LENIENT

    scopes: tuple[ContractScope, ...] = ()
    time_zone: str = "Asia/Tokyo"


@dataclass(frozen=True)
class Refusal:
    """Why something is outside the contract, in both languages; ``outside`` is what is not covered."""

    outside: Outside
    ja: str
    en: str

    def __str__(self) -> str:
        return f"{self.ja} / {self.en}"


def refusal(
    scopes: Collection[ContractScope], day: date, *, modalities: Sequence[str] = (), kind: str = ""
) -> Refusal | None:
    """Why a request of that day is outside every contract; None where one covers it.

    What a request does not say cannot be outside: a modality or kind that is left out passes.
    """
    valid = [one for one in scopes if one.covers(day)]
    if not valid:
        return _no_day(scopes, day)
    named = [one.strip().upper() for one in modalities if one.strip()]
    fitting = [one for one in valid if not one.modalities or all(name in one.modalities for name in named)]
    if not fitting:
        covered = sorted({name for one in valid for name in one.modalities})
        lacking = ", ".join(name for name in named if name not in covered) or ", ".join(named)
        return Refusal(
            "modality",
            f"契約の範囲外のモダリティです: {lacking}（契約の範囲: {', '.join(covered)}）",
            f"a modality outside the contract: {lacking} (covered: {', '.join(covered)})",
        )
    if kind and not any(not one.kinds or kind in one.kinds for one in fitting):
        kinds = [name for name in KINDS if any(name in one.kinds for one in fitting)]
        ja, en = (f"{words.get(kind, kind)}" for words in (KINDS_JA, KINDS_EN))
        return Refusal(
            "kind",
            f"契約の範囲外の読影種別です: {ja}（契約の範囲: {', '.join(KINDS_JA[name] for name in kinds)}）",
            f"a kind of reading outside the contract: {en} (covered: {', '.join(KINDS_EN[name] for name in kinds)})",
        )
    return None


def _no_day(scopes: Collection[ContractScope], day: date) -> Refusal:
    """The nearest contract says why: over, ended early, or not begun."""
    over = [one for one in scopes if one.valid_until is not None and one.valid_until < day]
    coming = [one for one in scopes if one.valid_from is not None and day < one.valid_from]
    if over:
        last = max(over, key=lambda one: one.valid_until or day)
        if last.terminated:
            ja, en = f"契約は{last.valid_until}で解約されています", f"the contract was terminated on {last.valid_until}"
        else:
            ja, en = f"契約期間は{last.valid_until}で終了しています", f"the contract ended on {last.valid_until}"
        if not coming:
            return Refusal("day", ja, en)
    if coming:
        first = min(one.valid_from for one in coming if one.valid_from is not None)
        return Refusal("day", f"契約期間は{first}からです", f"the contract begins on {first}")
    return Refusal("day", "この施設との契約が登録されていません", "no contract with this hospital is recorded")
