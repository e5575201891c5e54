"""A case opened in a real browser over a line as hospitals have it: when the first image is there, and when all is.

Run by ``bench/performance.py``; needs root (namespaces and TUN devices). The hub's process for readers runs as
``dokuei up`` starts it, with TLS; Chromium runs at the far end of the line. The same study is opened over the same line
in OHIF on Orthanc, which is cut off after a minute: what it would have taken is then what its frames weigh on the wire
at the rate that it had reached, and marked as reckoned. What takes less than a minute is done three times, each time in
a browser that has seen nothing; the figures are medians.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from threading import Timer
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.browser_chromium import IDLE_SECONDS
from bench.browser_home import Opened, add_case, add_readers
from bench.browser_peer import Peer, PeerCase, peer
from bench.shaped_line import NEAR, Line, ShapedLine, shaped_line
from bench.web_servers import free_port, serving_readers
from dokuei.hub.app import open_hub
from dokuei.hub.prepare import prepare_hub
from dokuei.phantom import cases
from dokuei.settings import read_settings

HOST = "hub.dokuei.test"
LINES = (
    Line("unshaped"),
    Line("100 Mbit/s 20 ms", 100, 20),
    Line("30 Mbit/s 30 ms", 30, 30),
    Line("10 Mbit/s 50 ms", 10, 50),
    Line("10 Mbit/s 50 ms 1 %", 10, 50, 0.01),
    Line("2 Mbit/s 80 ms", 2, 80),
    Line("10 Mbit/s 50 ms, cut for 8 s", 10, 50),
    Line("1 Mbit/s 80 ms 2 %", 1, 80, 0.02),
)
# After how many seconds from the click a line is cut, and for how many.
_CUTS = {"10 Mbit/s 50 ms, cut for 8 s": (12.0, 8.0)}
# What would take hours, or say nothing that another case does not say.
_LEFT_OUT = {("1 Mbit/s 80 ms 2 %", "mri"), ("1 Mbit/s 80 ms 2 %", "tomosynthesis"), ("1 Mbit/s 80 ms 2 %", "pet-ct")}
CASES = {"mammogram": "screening", "mri": "dynamic-mri", "tomosynthesis": "diagnostic", "pet-ct": "pet-ct"}
LONGEST_SECONDS = 1800.0
_PEER_SECONDS = 60.0
_SHORT_SECONDS = 60.0
_ROUNDS = 3


def run(
    *,
    lines: Sequence[Line] = LINES,
    wanted: Sequence[str] = tuple(CASES),
    kept: Path | None = None,
    rounds: int = _ROUNDS,
) -> Iterator[dict[str, Any]]:
    """Each case over each line, a row as soon as it is known; phantom cases are kept in ``kept`` for the next time."""
    with tempfile.TemporaryDirectory(prefix="dokuei-browser-") as name:
        folder = Path(name)
        made = cases.make(kept or folder / "cases", cases=[CASES[name] for name in wanted])
        sources = {name: files_of(made, name) for name in wanted}
        with (
            shaped_line(Line("unshaped")) as line,
            serving(folder / "home", sources) as served,
            peer(folder / "peer", HOST, certificate_of(folder / "home"), sources) as beside,
        ):
            for wished in lines:
                for case, opened in served.opened.items():
                    if (wished.name, case) in _LEFT_OUT:
                        continue
                    found = [_opened(line, wished, case, served, beside)]
                    while len(found) < rounds and (found[0]["marks"].get("whole") or _SHORT_SECONDS) < _SHORT_SECONDS:
                        found.append(_opened(line, wished, case, served, beside))
                    row = {"line": wished.name, "case": case, "frames": opened.frames, "rounds": len(found)}
                    yield row | _compared(_median(found), wished, opened, beside.cases[case])


def files_of(made: cases.PhantomSet, name: str) -> tuple[Path, ...]:
    """The objects of one of ``CASES``."""
    return next(one.files for one in made.cases if one.case_id == CASES[name])


def certificate_of(home: Path) -> tuple[Path, Path]:
    """What the hub of this home shows, and its key: the peer stands behind the same name."""
    return home / "pki" / "hub.pem", home / "pki" / "hub.key"


@dataclass(frozen=True)
class Served:
    """A hub that answers at ``NEAR``, and what is needed to go there."""

    url: str
    links: list[str]
    key: str
    opened: dict[str, Opened]
    pid: int


@contextmanager
def serving(home: Path, sources: Mapping[str, Sequence[Path]]) -> Iterator[Served]:
    """The hub with these cases, as ``dokuei up`` starts its process for readers."""
    port = free_port()
    environment = {
        **os.environ,
        "DOKUEI_HUB__HOST": NEAR,
        "DOKUEI_HUB__PUBLIC_NAME": HOST,
        "DOKUEI_HUB__PORT": str(port),
    }
    settings = read_settings(home, environment=environment)
    prepare_hub(settings)
    hub = open_hub(settings)
    links = add_readers(hub, len(LINES) * len(CASES) * _ROUNDS)
    opened = {name: add_case(hub, files) for name, files in sources.items()}
    hub.stores.database.close()
    with serving_readers(home, environment) as pid:
        yield Served(settings.hub.url, links, _pin(home / "pki" / "hub.pem"), opened, pid)


def _pin(certificate: Path) -> str:
    """What Chromium takes the hub's certificate by: SHA-256 of its public key."""
    public = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    return b64encode(
        hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    ).decode()


def _opened(line: ShapedLine, wished: Line, case: str, served: Served, beside: Peer) -> dict[str, Any]:
    """The case once in ours, then once in the peer's, over the same line."""
    shown = beside.cases[case]
    line.become(LINES[0])
    with browsing(line, served) as ours, _as_wished(line, wished):
        found = ours.ask(item=served.opened[case].worklist_item_id, seconds=LONGEST_SECONDS)
    line.become(LINES[0])
    with browsing_peer(line, served, beside) as theirs, _as_wished(line, wished):
        peers = theirs.ask(studies=shown.studies, frames=shown.frames, seconds=_PEER_SECONDS)
    row = {**found, "peer": peers}
    print(json.dumps(row), flush=True)
    return row


@contextmanager
def _as_wished(line: ShapedLine, wished: Line) -> Iterator[None]:
    """The line as it is wished, cut when it is to be cut; the page clicks after a look at its list."""
    line.become(wished)
    line.end_connections()
    cuts: list[Timer] = []
    if wished.name in _CUTS:
        after, seconds = _CUTS[wished.name]
        steps = ((IDLE_SECONDS + after, replace(wished, up=False)), (IDLE_SECONDS + after + seconds, wished))
        cuts = [Timer(at, line.become, (state,)) for at, state in steps]
    for cut in cuts:
        cut.start()
    try:
        yield
    finally:
        for cut in cuts:
            cut.cancel()


def _median(found: Sequence[Any]) -> Any:
    """Figure by figure; what is no figure as it was the first time, what is lacking once is lacking."""
    first = found[0]
    if isinstance(first, dict):
        names = [name for name in first if all(name in one for one in found)]
        return {name: _median([one[name] for one in found]) for name in names}
    if any(one is None or isinstance(one, bool | str) for one in found):
        return next((one for one in found if one is None), first)
    return median(found)


def _compared(row: dict[str, Any], line: Line, opened: Opened, shown: PeerCase) -> dict[str, Any]:
    """How much of the line's rate was images, and what the peer would have taken where it was cut off."""
    whole = row["marks"].get("whole")
    if whole and line.megabits:
        row["share_of_line"] = round(opened.stored_bytes / whole / line.bytes_per_second, 3)
    theirs = row["peer"]
    theirs["reckoned"] = theirs["whole"] is None
    if theirs["reckoned"]:
        theirs["whole"] = round(theirs["seconds"] * max(1.0, shown.wire_bytes / max(1, theirs["bytes"])), 1)
        theirs["bytes"] = max(theirs["bytes"], shown.wire_bytes)
    return row


@dataclass(frozen=True)
class Browser:
    """Chromium at the far end, which does what it is told."""

    process: "subprocess.Popen[str]"

    def ask(self, **asked: Any) -> dict[str, Any]:
        """Open a case and wait until it is whole."""
        return self.say(json.dumps(asked))

    def say(self, text: str) -> dict[str, Any]:
        """One line there, one line back."""
        if self.process.stdin is None or self.process.stdout is None:
            raise SystemExit("the browser has no ears")
        if text:
            self.process.stdin.write(text + "\n")
            self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit("the browser's program ended")
        found: dict[str, Any] = json.loads(answer)
        return found


@contextmanager
def browsing(line: ShapedLine, served: Served, *, program: str = "browser_page.py") -> Iterator[Browser]:
    """A browser that somebody has signed in with."""
    wanted = {"url": served.url, "link": served.links.pop(), "key": served.key, "host": HOST, "address": NEAR}
    with _browser(line, program, wanted) as browser:
        yield browser


@contextmanager
def browsing_peer(
    line: ShapedLine, served: Served, beside: Peer, *, program: str = "browser_peer_page.py"
) -> Iterator[Browser]:
    """A browser in which the peer has been opened once."""
    wanted = {"url": beside.url, "warm": beside.warm, "key": served.key, "host": HOST, "address": NEAR}
    with _browser(line, program, wanted) as browser:
        yield browser


@contextmanager
def _browser(line: ShapedLine, program: str, wanted: dict[str, str]) -> Iterator[Browser]:
    with subprocess.Popen(
        line.inside(sys.executable, str(Path(__file__).parent / program), json.dumps(wanted)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        browser = Browser(process)
        browser.say("")
        yield browser
        if process.stdin is not None:
            process.stdin.close()
