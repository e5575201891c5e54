"""The line to a hub's readers' door, measured from the command line as a program with a token."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from secrets import token_bytes
from typing import Any, Final

import httpx

from dokuei.errors import DokueiError, PeerRefusedError, UnreachableError
from dokuei.line.measure import Progress, measure
from dokuei.line.measured import Measured
from dokuei.line.tcp_info import Counters, of_socket

_SECONDS: Final = 15.0
_REFUSED_FROM: Final = 400
_PHASE: Final = "checking a line"
_BYTES: Final = {"Content-Type": "application/octet-stream"}


@dataclass
class HubWay:
    """One connection (HTTP/1.1, kept): the kernel's counters are of the very one that carries the bytes."""

    client: httpx.Client
    own: Counters | None = field(default=None, repr=False)

    def ping(self) -> None:
        """There and back."""
        self.ask("GET", "/api/v1/line/ping")

    def down(self, size: int, arrived: Callable[[int], None]) -> None:
        """Bytes from the hub."""
        with _refusals(), self.client.stream("GET", f"/api/v1/line/down?bytes={size}") as answer:
            if answer.status_code >= _REFUSED_FROM:
                answer.read()
                raise _refusal(answer)
            for piece in answer.iter_raw():
                arrived(len(piece))

    def up(self, size: int) -> None:
        """Bytes to the hub."""
        self.ask("POST", "/api/v1/line/up", content=token_bytes(size), headers=_BYTES)

    def counters(self) -> tuple[Counters | None, Counters | None]:
        """Both ends of the connection."""
        told = self.ask("GET", "/api/v1/line/connection").json()["counters"]
        return self.own, None if told is None else Counters(**told)

    def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        """One request.

        Raises:
            UnreachableError: nobody answers there.
            PeerRefusedError: it answers something else.
        """
        with _refusals():
            answer = self.client.request(method, path, **what)
        if answer.status_code >= _REFUSED_FROM:
            raise _refusal(answer)
        connection = answer.extensions["network_stream"].get_extra_info("socket")
        self.own = None if connection is None else of_socket(connection)
        return answer


@dataclass(frozen=True)
class HubLine:
    """Where the hub is, and what opens its door."""

    url: str
    token: str
    authority: Path | None = None

    def check(self, progress: Progress) -> tuple[Measured, list[tuple[str, str, float]]]:
        """Measure, have it judged and kept: each kind of study with its verdict and seconds until it is whole.

        Raises:
            DokueiError: the hub cannot be reached, or lets this token measure nothing.
        """
        measured = measure(self._opened, progress)
        with self._opened() as way:
            kept = way.ask("POST", "/api/v1/line/checks", json=asdict(measured)).json()
        return measured, [(one["kind"], one["verdict"], one["large"]["whole"]) for one in kept["judged"]]

    @contextmanager
    def _opened(self) -> Iterator[HubWay]:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Encoding": "identity"}
        limits = httpx.Limits(max_connections=1)
        with httpx.Client(
            base_url=self.url, headers=headers, verify=self._trusted(), timeout=_SECONDS, limits=limits
        ) as client:
            yield HubWay(client)

    def _trusted(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.authority is not None:
            context.load_verify_locations(self.authority)
        return context


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise UnreachableError(
            f"the hub does not answer: {error}", phase=_PHASE, remedy="check --hub and --ca"
        ) from error


def _refusal(answer: httpx.Response) -> DokueiError:
    remedy = "make a token that reads images: dokuei token create" if answer.status_code in {401, 403, 404} else ""
    return PeerRefusedError(f"the hub answers {answer.status_code}", phase=_PHASE, remedy=remedy)
