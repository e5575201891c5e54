"""As many uploads as the line is worth: one more stays where more arrives by it, and goes where not."""

from collections.abc import Callable

from dokuei.gateway.stream_count import Flow, Rate, StreamCount


def _run(count: StreamCount, rate: Callable[[int], float], seconds: float, *, begin: float = 0.0) -> list[int]:
    """What is wanted at each quarter of a second over a line that carries so much by so many."""
    arrived, at, seen = 0.0, begin, []
    while at < begin + seconds:
        arrived += rate(count.wanted) / 4
        at += 0.25
        count.look(at, arrived=int(arrived), full=True)
        seen.append(count.wanted)
    return seen


def test_a_line_that_shares_by_connections_gets_as_many_as_there_may_be() -> None:
    seen = _run(StreamCount(4), lambda number: 1e6 * number, 60)
    assert seen[0] == 1
    assert sorted(set(seen)) == [1, 2, 3, 4]
    assert seen[-1] == 4


def test_a_line_that_one_connection_fills_gets_no_second_for_long() -> None:
    seen = _run(StreamCount(4), lambda _: 1e6, 300)
    assert set(seen) == {1, 2}
    assert seen.count(2) / len(seen) < 0.1


def test_the_count_stops_where_more_brings_nothing() -> None:
    seen = _run(StreamCount(8), lambda number: 1e6 * min(number, 3), 60)
    assert max(seen) == 4
    assert seen[-1] == 3


def test_it_goes_back_when_the_line_has_become_one_that_one_connection_fills() -> None:
    count = StreamCount(4)
    assert _run(count, lambda number: 1e6 * number, 60)[-1] == 4
    assert 1 in _run(count, lambda _: 4e6, 900, begin=60)


def test_nothing_is_tried_while_something_else_than_the_line_holds_back() -> None:
    count = StreamCount(4)
    for quarter in range(400):
        count.look(quarter / 4, arrived=quarter * 1000, full=False)
    assert count.wanted == 1


def test_an_outage_is_no_line_that_more_would_fill() -> None:
    count, rate, flow = StreamCount(4), Rate(), Flow()
    arrived = 0
    for quarter in range(1600):
        at = quarter / 4
        arrived += 250_000 if at < 20 else 0
        full = flow.goes(at, arrived=arrived)
        count.look(at, arrived=arrived, full=full)
        rate.note(at, arrived=arrived, full=full)
    assert count.wanted <= 2, "a try that the outage met is not judged by it"
    assert rate.line is not None
    assert rate.line > 0.8e6


def test_there_is_never_a_second_where_one_is_the_most() -> None:
    assert set(_run(StreamCount(1), lambda number: 1e6 * number, 120)) == {1}


def test_the_lines_rate_is_what_came_while_nothing_else_held_it_up() -> None:
    rate = Rate()
    assert {rate.note(second, arrived=second * 1000, full=False) for second in range(20)} == {0, 1000}
    held_back = rate.line
    assert held_back is None, "held back by the hours: the line may carry more"
    for second in range(20, 40):
        rate.note(second, arrived=20_000 + (second - 20) * 5000, full=True)
    assert rate.line == 5000
    assert rate.note(60, arrived=120_000, full=False) < 5000
    assert rate.line == 5000
