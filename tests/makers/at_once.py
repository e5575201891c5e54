"""Several acts at one moment, each in a thread of its own."""

import threading
from collections.abc import Callable
from typing import Any

from dokuei.errors import ConflictError, StaleError


def together(*acts: Callable[[], Any]) -> list[str]:
    """What came of each: done, or the code of the refusal; whatever else one of them raises is raised."""
    begin = threading.Barrier(len(acts))
    outcomes = ["broke"] * len(acts)
    raised: list[Exception] = []

    def run(place: int, act: Callable[[], Any]) -> None:
        begin.wait()
        try:
            act()
            outcomes[place] = "done"
        except (ConflictError, StaleError) as refusal:
            outcomes[place] = refusal.code
        except Exception as error:  # noqa: BLE001 - what a thread raises is the test's
            raised.append(error)

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    if raised:
        raise raised[0]
    return outcomes
