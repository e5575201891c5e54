"""A study that the hub does not close: tried later and later, while the others are closed."""

import pytest

from dokuei.errors import PeerRefusedError, UnreachableError
from dokuei.gateway import closing
from dokuei.gateway.closing import Closings


def _refuse() -> None:
    raise PeerRefusedError("the hub answered 500")


def _cut() -> None:
    raise UnreachableError("cut")


def test_what_is_refused_waits_longer_and_longer_and_holds_no_other_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, closed, waits = [0.0], list[str](), list[float]()
    monkeypatch.setattr(closing, "monotonic", lambda: clock[0])
    closings = Closings()
    for _ in range(8):
        since = clock[0]
        while "refused" not in (due := closings.due({"well", "refused"})):
            clock[0] += 0.05
        waits.append(clock[0] - since)
        assert due == ["refused", "well"]
        closings.attempt("refused", _refuse, ceiling=8.0)
        closings.attempt("well", lambda: closed.append("well"), ceiling=8.0)
    assert len(closed) == 8
    assert waits[0] == 0
    assert waits[1] < waits[3] < waits[5] <= 8.1
    assert max(waits) <= 8.1
    clock[0] += 8
    closings.attempt("refused", lambda: closed.append("refused"), ceiling=8.0)
    assert closings.due({"refused"}) == ["refused"], "nothing is remembered of what went well"


def test_a_line_that_is_cut_is_no_refusal() -> None:
    closings = Closings()
    with pytest.raises(UnreachableError):
        closings.attempt("any", _cut, ceiling=1.0)
    assert closings.due({"any"}) == ["any"]
