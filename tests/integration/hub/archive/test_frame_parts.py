"""Parts of many frames in one answer: what the reading room asks for, from both of the hub's servers."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import sleep
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
from pydicom.dataset import Dataset
from sqlalchemy import select

from dokuei.hub.archive.api_parts import MEDIA_TYPE, MOST_PARTS
from dokuei.storage.audit import hub_entries
from tests.makers.archive import ServedBy, SmallArchive, image, small_archive

STORED = "application/octet-stream; transfer-syntax=*"
CELLS = np.random.default_rng(7).integers(0, 4000, (3, 96, 80), np.uint16)
_HEAD = struct.Struct(">IIQ16s")


@pytest.fixture(params=["plain", "granian"])
def held(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[SmallArchive, Dataset]]:
    one = image(CELLS, study="1.2.3", series="1.2.4")
    with small_archive(tmp_path, served_by=request.param) as archive:
        archive.stored(one)
        yield archive, one


def _part(one: Dataset, frame: int, begin: int, end: int) -> dict[str, Any]:
    return {
        "series": one.SeriesInstanceUID,
        "instance": one.SOPInstanceUID,
        "frame": frame,
        "begin": begin,
        "end": end,
    }


def _ask(
    client: httpx.Client, archive: SmallArchive, parts: list[dict[str, Any]], study: str = "1.2.3"
) -> httpx.Response:
    return client.post(f"{archive.base}/api/v1/sites/kita/studies/{study}/frame-parts", json={"parts": parts})


def _records(answer: httpx.Response) -> list[tuple[int, int, bytes, bytes]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["cache-control"] == "no-store"
    found, at = [], 0
    while at < len(answer.content):
        number, status, length, digest = _HEAD.unpack_from(answer.content, at)
        at += _HEAD.size + length
        found.append((number, status, digest, answer.content[at - length : at]))
    return found


def test_parts_are_the_bytes_of_the_frames_in_the_order_asked_for(held: tuple[SmallArchive, Dataset]) -> None:
    archive, one = held
    with archive.client() as client:
        path = f"/studies/1.2.3/series/1.2.4/instances/{one.SOPInstanceUID}/frames"
        whole = [client.get(f"{path}/{number}", headers={"Accept": STORED}) for number in (1, 2, 3)]
        size = len(whole[2].content)
        asked = [_part(one, 3, 0, 40), _part(one, 1, 0, len(whole[0].content)), _part(one, 3, 40, size)]
        records = _records(_ask(client, archive, asked))
        assert [(number, status) for number, status, _, _ in records] == [(0, 200), (1, 200), (2, 200)]
        assert records[1][3] == whole[0].content
        assert records[0][3] + records[2][3] == whole[2].content
        assert {digest.hex() for _, _, digest, _ in records} == {whole[0].headers["etag"][1:33]}


def test_a_part_that_cannot_be_given_says_so_and_the_others_come(held: tuple[SmallArchive, Dataset]) -> None:
    archive, one = held
    unknown = {**_part(one, 1, 0, 10), "instance": "9.9"}
    asked = [_part(one, 1, 0, 10), unknown, _part(one, 4, 0, 10), _part(one, 2, 0, 10**9), _part(one, 2, 0, 10)]
    with archive.client() as client:
        records = _records(_ask(client, archive, asked))
    assert [status for _, status, _, _ in records] == [200, 404, 404, 416, 200]
    assert [len(data) for _, _, _, data in records] == [10, 0, 0, 0, 10]


def test_whoever_may_not_see_the_study_is_told_that_there_is_none(held: tuple[SmallArchive, Dataset]) -> None:
    """AUTH-13: a foreign site's study looks like one that does not exist."""
    archive, one = held
    asked = [_part(one, 1, 0, 10)]
    with archive.client("minami", at="kita") as foreign, archive.client() as client:
        assert _ask(foreign, archive, asked).status_code == 404
        assert _ask(client, archive, asked, "9.9").status_code == 404
        assert client.post(f"{archive.base}/api/v1/sites/kita/studies/1.2.3/frame-parts", json={}).status_code == 422
        assert _ask(client, archive, [_part(one, 1, 5, 5)]).status_code == 422
        assert _ask(client, archive, asked * (MOST_PARTS + 1)).status_code == 422


def test_a_visit_stands_in_the_trail(held: tuple[SmallArchive, Dataset]) -> None:
    """LOG-01: whose images were opened."""
    archive, one = held
    with archive.client() as client:
        _ask(client, archive, [_part(one, 1, 0, 10)])
        _ask(client, archive, [_part(one, 2, 0, 10)])
    with archive.service.database.read() as connection:
        events = list(connection.execute(select(hub_entries.c.event, hub_entries.c.subject)))
    assert [subject for event, subject in events if event == "study.accessed"] == ["1.2.3"]


@pytest.mark.parametrize("served_by", ["plain", "granian"])
def test_clients_that_do_not_read_hold_no_frames_in_memory(tmp_path: Path, served_by: ServedBy) -> None:
    """Each server keeps a few pieces for every connection: a piece is a small part of a frame, whatever was asked."""
    cells = np.random.default_rng(7).integers(0, 65536, (1, 2000, 2000), np.uint16)
    one = image(cells, study="1.2.3", series="1.2.4")
    with small_archive(tmp_path, served_by=served_by) as archive, ExitStack() as open_ones:
        archive.stored(one)
        body = json.dumps({"parts": [_part(one, 1, 0, 7_000_000)] * 64}).encode()
        where = urlsplit(archive.base)
        head = f"POST /api/v1/sites/kita/studies/1.2.3/frame-parts HTTP/1.1\r\nHost: {where.netloc}\r\n"
        head += f"Authorization: Bearer {archive.token()}\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        before = _memory()
        for _ in range(20):
            stream = socket.socket()
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stream.connect((where.hostname, where.port))
            stream.sendall(head.encode() + body)
            open_ones.enter_context(stream)
        with archive.client() as client:
            assert _ask(client, archive, [_part(one, 1, 0, 10)]).status_code == 200
        sleep(1)
        assert _memory() - before < 200 << 20


def _memory() -> int:
    """Bytes that this process, and the server in it, hold now."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) << 10
