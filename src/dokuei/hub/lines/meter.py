"""Bytes for measuring: so many at once and so many in a while, so that nobody fills the hub's own line with them."""

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_bytes
from threading import Lock
from typing import Final

from dokuei.clock import monotonic
from dokuei.errors import RequestError, TooOftenError
from dokuei.line.measure import LARGEST_ROUND

PIECE: Final = 128 << 10
_BLOCK: Final = token_bytes(1 << 20)
_MOST_REMEMBERED: Final = 10_000
_PHASE: Final = "measuring a line"


@dataclass(frozen=True)
class _Spent:
    bytes: int
    since: float


@dataclass
class Meter:
    """One process's account: each caller has ``budget`` bytes in ``seconds``, which is a few checks of a fast line."""

    at_once: int = 12
    at_once_each: int = 3
    budget: int = 400 << 20
    seconds: float = 600.0
    lock: Lock = field(default_factory=Lock, repr=False)
    under_way: Counter[str] = field(default_factory=Counter, repr=False)
    spent: OrderedDict[str, _Spent] = field(default_factory=OrderedDict, repr=False)

    @contextmanager
    def turn(self, caller: str, size: int) -> Iterator[None]:
        """One transfer of so many bytes.

        Raises:
            TooOftenError: too many at once, or too much in a while.
        """
        with self.lock:
            self._admit(caller, size)
            self.under_way[caller] += 1
        try:
            yield
        finally:
            with self.lock:
                self.under_way[caller] -= 1
                if not self.under_way[caller]:
                    del self.under_way[caller]

    def _admit(self, caller: str, size: int) -> None:
        moment = monotonic()
        before = self.spent.get(caller, _Spent(0, moment))
        if moment - before.since > self.seconds:
            before = _Spent(0, moment)
        if self.under_way[caller] >= self.at_once_each or self.under_way.total() >= self.at_once:
            raise TooOftenError("lines are being measured", phase=_PHASE, remedy="try again in a minute")
        if before.bytes + size > self.budget:
            raise TooOftenError("this line was measured often already", phase=_PHASE, remedy="try again in 10 minutes")
        self.spent.pop(caller, None)
        self.spent[caller] = _Spent(before.bytes + size, before.since)
        if len(self.spent) > _MOST_REMEMBERED:
            self.spent.popitem(last=False)


def demand_size(size: int) -> int:
    """Refuse more than one round takes.

    Raises:
        RequestError: it is more, or nothing.
    """
    if not 0 < size <= LARGEST_ROUND:
        raise RequestError(f"1 to {LARGEST_ROUND} bytes", phase=_PHASE)
    return size


def pieces(size: int) -> Iterator[bytes]:
    """Bytes that nothing on the way can pack; the same in each round, and further apart than any packer looks back."""
    at = 0
    while size:
        piece = _BLOCK[at : at + min(PIECE, size)]
        yield piece
        size -= len(piece)
        at = (at + len(piece)) % len(_BLOCK)
