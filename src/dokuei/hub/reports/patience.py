"""Who signs is not to wait for a time-stamp service that hangs, and others not again a moment later."""

from dataclasses import dataclass
from typing import Final

from dokuei.clock import monotonic

_LEFT_ALONE_SECONDS: Final = 60.0


@dataclass
class Patience:
    """Of one process with one time-stamp service: over for a minute once the service was silent."""

    over_until: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether the service is not asked at a signature now."""
        return monotonic() < self.over_until

    def lose(self) -> None:
        """It was silent."""
        self.over_until = monotonic() + _LEFT_ALONE_SECONDS
