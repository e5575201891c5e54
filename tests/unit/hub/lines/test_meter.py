"""Bytes for measuring: nobody fills the hub's own line with them."""

import zlib

import pytest

from dokuei.errors import RequestError, TooOftenError
from dokuei.hub.lines.meter import Meter, demand_size, pieces


def test_each_caller_has_so_many_transfers_at_once_and_all_together_too() -> None:
    """NET-20: measuring is no way to keep others from their images."""
    meter = Meter(at_once=3, at_once_each=2)
    with meter.turn("a", 1), meter.turn("a", 1):
        with pytest.raises(TooOftenError), meter.turn("a", 1):
            raise AssertionError
        with meter.turn("b", 1), pytest.raises(TooOftenError), meter.turn("c", 1):
            raise AssertionError
    with meter.turn("a", 1), meter.turn("c", 1):
        assert meter.under_way.total() == 2
    assert not meter.under_way


def test_each_caller_has_so_many_bytes_in_a_while() -> None:
    meter = Meter(budget=100)
    with meter.turn("a", 100):
        pass
    with pytest.raises(TooOftenError, match="often"), meter.turn("a", 1):
        raise AssertionError
    with meter.turn("b", 100):
        pass
    meter.seconds = -1.0
    with meter.turn("a", 100):
        pass


def test_nothing_packs_the_bytes() -> None:
    data = b"".join(pieces(3 << 20))
    assert len(data) == 3 << 20
    assert len(zlib.compress(data, 9)) > len(data)
    assert sum(map(len, pieces(1))) == 1


@pytest.mark.parametrize("size", [0, -1, (32 << 20) + 1])
def test_a_round_has_its_size(size: int) -> None:
    with pytest.raises(RequestError):
        demand_size(size)
