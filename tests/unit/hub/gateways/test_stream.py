"""Objects that wait for a judge: small ones gather for a moment, none waits for ever, and no judge goes too early."""

import asyncio
from dataclasses import replace

from dokuei.hub.gateways.stream import Whole
from tests.unit.hub.gateways.test_intake import ONE

_MANY = [replace(ONE, sop_instance_uid=f"1.2.3.{number}") for number in range(20)]


async def _gathered() -> list[int]:
    whole = Whole()
    judges = [asyncio.create_task(whole.take()) for _ in range(2)]
    for one in _MANY[:3]:
        await whole.put([one])
        await asyncio.sleep(0.01)
    done, waiting = await asyncio.wait(judges, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(0.3)
    assert not any(judge.done() for judge in waiting), "the other one waits for more"
    await whole.end()
    return [len(await judge) for judge in (*done, *waiting)]


async def _enough_at_once() -> list[int]:
    whole = Whole()
    await whole.put(_MANY)
    return [len(await asyncio.wait_for(whole.take(), 5)) for _ in range(2)]


def test_what_comes_in_a_moment_is_judged_together() -> None:
    assert asyncio.run(_gathered()) == [3, 0]


def test_no_more_are_taken_than_fit_one_transaction() -> None:
    assert asyncio.run(_enough_at_once()) == [16, 4]
