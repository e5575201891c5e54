"""People of two sites who talk about a case over HTTP."""

import json
import uuid
from typing import Any

import httpx
from sqlalchemy import select

from dokuei.hub.identity.model import Grant, Role
from dokuei.storage.audit import hub_entries
from tests.makers.reading import ReadingRoom

STAFF_OF_KITA = Grant(Role.SITE_STAFF, "kita")
STAFF_OF_MINAMI = Grant(Role.SITE_STAFF, "minami")


def thread_of(item: str) -> str:
    return f"/api/v1/worklist/{item}/messages"


def say(client: httpx.Client, item: str, text: str, *, kind: str = "note", **more: Any) -> httpx.Response:
    return client.post(thread_of(item), json={"message_id": uuid.uuid4().hex, "kind": kind, "text": text, **more})


def asked(client: httpx.Client, item: str, text: str = "前回の画像はありますか。", **more: Any) -> str:
    """A question that holds the signature; its id."""
    answer = say(client, item, text, kind="question", **{"blocks_signing": True, **more})
    assert answer.status_code == 200, answer.text
    message_id: str = answer.json()["messages"][-1]["message_id"]
    return message_id


def answered(client: httpx.Client, item: str, question: str, text: str = "ありません。") -> httpx.Response:
    body = {"message_id": uuid.uuid4().hex, "text": text}
    return client.post(f"{thread_of(item)}/{question}/answer", json=body)


def events(room: ReadingRoom, *names: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Event, actor, site and details of what the trail tells of."""
    with room.hub.database.read() as connection:
        rows = connection.execute(select(hub_entries).order_by(hub_entries.c.sequence)).all()
    return [(row.event, row.actor, row.site_id, json.loads(row.details)) for row in rows if row.event in names]
