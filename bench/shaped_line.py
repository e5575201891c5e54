"""A line as hospitals have it: so fast, so far, so lossy, and cut when wanted; between this machine and a namespace.

Two TUN devices with a small forwarder between them: one stays here, the other lies in a network namespace in which the
reader's browser runs. Needs root, as every namespace does. The forwarder is this file, run as a program.
"""

import heapq
import json
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from fcntl import ioctl
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

NEAR, FAR = "10.83.0.1", "10.83.0.2"
_TUNSETIFF = 0x400454CA
_TUN, _NO_PACKET_INFORMATION = 0x0001, 0x1000
_MTU = 1500
_AT_ONCE = 64
_LOOK_SECONDS = 0.02
_READY_SECONDS = 5.0
_BITS = 8


@dataclass(frozen=True)
class Line:
    """What a line can do; a rate of 0 is no limit. The queue is what a router holds before it drops."""

    name: str
    megabits: float = 0.0
    round_trip_ms: float = 0.0
    loss: float = 0.0
    queue_ms: float = 100.0
    up: bool = True

    @property
    def bytes_per_second(self) -> float:
        """What it could carry, headers included."""
        return self.megabits * 1e6 / _BITS


@dataclass(frozen=True)
class ShapedLine:
    """A line that is there, until the end of ``shaped_line``."""

    namespace: str
    control: Path

    def end_connections(self) -> None:
        """Whoever talks over it does so anew: a connection of before still sends as the line was then."""
        subprocess.run(("ss", "-K", "-t", "dst", FAR), check=True, stdout=subprocess.DEVNULL)

    def become(self, line: Line) -> None:
        """From now on it is this line; ``up=False`` cuts it."""
        new = self.control.with_suffix(".new")
        new.write_text(json.dumps(asdict(line)))
        new.replace(self.control)
        time.sleep(2 * _LOOK_SECONDS)

    def inside(self, *command: str) -> list[str]:
        """A command line that runs at the far end."""
        return ["ip", "netns", "exec", self.namespace, *command]


@contextmanager
def shaped_line(line: Line) -> Iterator[ShapedLine]:
    """``NEAR`` is this machine, ``FAR`` the namespace; everything is gone afterwards."""
    name = f"dokuei{os.getpid() % 10_000}"
    near, far = f"{name}a"[:15], f"{name}b"[:15]
    with TemporaryDirectory(prefix="dokuei-line-") as folder:
        made = ShapedLine(name, Path(folder) / "line.json")
        made.become(line)
        _ip("netns", "add", name)
        forwarder = subprocess.Popen(
            [sys.executable, __file__, near, far, str(made.control)], stdout=subprocess.PIPE, text=True
        )
        try:
            if forwarder.stdout is None or forwarder.stdout.readline().strip() != "ready":
                raise SystemExit("a shaped line needs root and /dev/net/tun")
            _ip("link", "set", far, "netns", name)
            _ip("addr", "add", NEAR, "peer", FAR, "dev", near)
            _ip("link", "set", near, "up", "mtu", str(_MTU))
            _ip("-n", name, "addr", "add", FAR, "peer", NEAR, "dev", far)
            _ip("-n", name, "link", "set", "lo", "up")
            _ip("-n", name, "link", "set", far, "up", "mtu", str(_MTU))
            yield made
        finally:
            forwarder.terminate()
            forwarder.wait(_READY_SECONDS)
            _ip("netns", "del", name)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@dataclass
class _Forwarder:
    """Packets wait for their turn at the line's rate, then for half the way; the queue drops what it cannot hold."""

    ends: tuple[int, int]
    control: Path
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - the same losses each time
    line: dict[str, Any] = field(default_factory=dict)
    changed: int = 0
    free: dict[int, float] = field(default_factory=dict)
    under_way: list[tuple[float, int, int, bytes]] = field(default_factory=list)
    count: int = 0

    def run(self) -> None:
        """Until the program is ended."""
        look_at = 0.0
        while True:
            moment = time.monotonic()
            if moment >= look_at:
                self._look()
                look_at = moment + _LOOK_SECONDS
            while self.under_way and self.under_way[0][0] <= moment:
                _, _, end, packet = heapq.heappop(self.under_way)
                _write(end, packet)
            wait = min(_LOOK_SECONDS, max(0.0, self.under_way[0][0] - moment)) if self.under_way else _LOOK_SECONDS
            ready, _, _ = select.select(self.ends, [], [], wait)
            for end in ready:
                self._take(end)

    def _look(self) -> None:
        changed = self.control.stat().st_mtime_ns
        if changed != self.changed:
            self.changed, self.line = changed, json.loads(self.control.read_text())

    def _take(self, end: int) -> None:
        other = self.ends[1] if end == self.ends[0] else self.ends[0]
        for _ in range(_AT_ONCE):
            try:
                packet = os.read(end, 65_536)
            except BlockingIOError:
                return
            if self.line["up"] and self.chance.random() >= self.line["loss"]:
                self._send(end, other, packet)

    def _send(self, end: int, other: int, packet: bytes) -> None:
        moment = time.monotonic()
        start = max(moment, self.free.get(end, 0.0))
        if start - moment > self.line["queue_ms"] / 1000:
            return
        if self.line["megabits"]:
            start += len(packet) * _BITS / (self.line["megabits"] * 1e6)
            self.free[end] = start
        self.count += 1
        heapq.heappush(self.under_way, (start + self.line["round_trip_ms"] / 2000, self.count, other, packet))


def _write(end: int, packet: bytes) -> None:
    try:
        os.write(end, packet)
    except OSError:
        return  # the device is not up yet, or its own queue is full: a lost packet


def _device(name: str) -> int:
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    ioctl(end, _TUNSETIFF, struct.pack("16sH", name.encode(), _TUN | _NO_PACKET_INFORMATION))
    return end


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _ends = (_device(sys.argv[1]), _device(sys.argv[2]))
    print("ready", flush=True)
    _Forwarder(_ends, Path(sys.argv[3])).run()
