"""Two requests about the same thing: an object that comes over two lines, a signature that is asked for twice."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager


class OneAtATime:
    """What two requests want of the same thing is done by one of them at a time, within this process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._held: set[str] = set()

    @contextmanager
    def hold(self, keys: Collection[str]) -> Iterator[None]:
        """Wait until none of these is held, then hold them all."""
        with self._changed:
            self._changed.wait_for(lambda: self._held.isdisjoint(keys))
            self._held.update(keys)
        try:
            yield
        finally:
            with self._changed:
                self._held.difference_update(keys)
                self._changed.notify_all()
