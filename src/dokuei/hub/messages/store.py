"""Threads in SQL. There is no statement here that changes or removes a message."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, delete, func, insert, select, update

from dokuei.clock import now
from dokuei.hub.identity.tables import person
from dokuei.hub.messages.model import (
    UNREAD_FOR,
    Attachment,
    CallBack,
    Case,
    Draft,
    Message,
    MessageKind,
    Seen,
    Side,
    State,
    ToDo,
    Waiting,
    Written,
)
from dokuei.hub.messages.tables import attachment, draft, message, seen, to_do

_FEW = 50


def add(
    connection: Connection, case: Case, written: Written, *, number: int, side: Side, author_id: str, author_name: str
) -> None:
    """Keep a message under its number in the thread, with its attachments and what is to be done about it."""
    call = written.call_back
    connection.execute(
        insert(message).values(
            message_id=written.message_id,
            site_id=case.site_id,
            worklist_item_id=case.worklist_item_id,
            number=number,
            kind=written.kind.value,
            side=side,
            text=written.text,
            author_id=author_id,
            author_name=author_name,
            written_at=now(),
            blocks_signing=written.blocks_signing,
            answers=written.answers,
            corrects=written.corrects,
            called_person=None if call is None else call.person,
            called_number=None if call is None else call.number,
            called_at=None if call is None else call.at,
            read_back=None if call is None else call.read_back,
        )
    )
    if written.attachments:
        connection.execute(
            update(attachment)
            .where(
                attachment.c.attachment_id.in_(written.attachments),
                attachment.c.site_id == case.site_id,
                attachment.c.worklist_item_id == case.worklist_item_id,
                attachment.c.message_id.is_(None),
            )
            .values(message_id=written.message_id)
        )
    if written.to_do:
        connection.execute(
            insert(to_do).values(
                message_id=written.message_id,
                site_id=case.site_id,
                worklist_item_id=case.worklist_item_id,
                question=written.kind is MessageKind.QUESTION,
                blocks_signing=written.blocks_signing,
                state="open",
                reason="",
            )
        )


def next_number(connection: Connection, case: Case) -> int:
    """The number of the message that comes next; whoever asks holds the case's row."""
    asked = select(func.coalesce(func.max(message.c.number), 0)).where(
        message.c.site_id == case.site_id, message.c.worklist_item_id == case.worklist_item_id
    )
    return int(connection.execute(asked).scalar_one()) + 1


def is_taken(connection: Connection, message_id: str) -> bool:
    """Whether a message has this name, in whichever case."""
    return connection.execute(select(message.c.number).where(message.c.message_id == message_id)).first() is not None


def settle(connection: Connection, message_id: str, state: State, *, by: str, reason: str = "") -> bool:
    """Close what was open about a message; False where somebody was faster (one statement decides)."""
    settled = connection.execute(
        update(to_do)
        .where(to_do.c.message_id == message_id, to_do.c.state == "open")
        .values(state=state, settled_by=by, settled_at=now(), reason=reason)
    )
    return settled.rowcount == 1


def thread(connection: Connection, case: Case) -> tuple[Message, ...]:
    """All messages of a case, the first one first."""
    return _messages(connection, case)


def find(connection: Connection, case: Case, message_id: str) -> Message | None:
    """One message of a case."""
    found = _messages(connection, case, message_id)
    return found[0] if found else None


def holds_signing(connection: Connection, worklist_item_id: str) -> bool:
    """Whether a question stands open that a report must wait for."""
    asked = select(to_do.c.message_id).where(
        to_do.c.worklist_item_id == worklist_item_id, to_do.c.state == "open", to_do.c.blocks_signing.is_(True)
    )
    return connection.execute(asked).first() is not None


def called_back(connection: Connection, worklist_item_id: str) -> bool:
    """Whether a call about this case is on record."""
    asked = select(message.c.message_id).where(
        message.c.worklist_item_id == worklist_item_id, message.c.called_at.is_not(None)
    )
    return connection.execute(asked).first() is not None


def last_calls(
    connection: Connection, worklist_item_ids: Collection[str], *, confirmed: bool = False
) -> dict[str, CallBack]:
    """The latest call about each of these cases; ``confirmed``: only calls in which what was told was read back."""
    wanted = [message.c.worklist_item_id.in_(worklist_item_ids), message.c.called_at.is_not(None)]
    if confirmed:
        wanted.append(message.c.read_back.is_(True))
    rows = connection.execute(select(message).where(*wanted).order_by(message.c.called_at))
    return {
        row.worklist_item_id: CallBack(row.called_person, row.called_number, row.called_at, row.read_back)
        for row in rows
    }


def waiting(
    connection: Connection, *, person_id: str, site_ids: Collection[str], item_ids: Collection[str] | None = None
) -> dict[str, Waiting]:
    """What waits for somebody in the threads of these sites; a case without anything is not named.

    Unread is what others have written lately, since this person's account is there, behind what the person has seen.
    """
    account = select(person.c.created_at).where(person.c.person_id == person_id)
    since = max(connection.execute(account).scalar_one_or_none() or now(), now() - UNREAD_FOR)
    mine = and_(seen.c.worklist_item_id == message.c.worklist_item_id, seen.c.person_id == person_id)
    unread = (
        select(message.c.worklist_item_id, message.c.site_id, func.count().label("unread"))
        .select_from(message.outerjoin(seen, mine))
        .where(
            _narrowed(message, site_ids, item_ids),
            message.c.author_id != person_id,
            message.c.number > func.coalesce(seen.c.number, 0),
            message.c.written_at >= since,
        )
        .group_by(message.c.worklist_item_id, message.c.site_id)
    )
    questions = select(to_do.c.worklist_item_id, to_do.c.site_id, to_do.c.blocks_signing).where(
        _narrowed(to_do, site_ids, item_ids), to_do.c.state == "open", to_do.c.question.is_(True)
    )
    counted: dict[str, int] = {
        row.worklist_item_id: row.unread for row in connection.execute(unread) if row.site_id in site_ids
    }
    held: dict[str, bool] = defaultdict(bool)
    for row in connection.execute(questions.distinct()):
        if row.site_id in site_ids:
            held[row.worklist_item_id] |= row.blocks_signing
    return {
        one: Waiting(one, counted.get(one, 0), open_question=one in held, holds_signing=held.get(one, False))
        for one in counted.keys() | held.keys()
    }


def _narrowed(table: Table, site_ids: Collection[str], item_ids: Collection[str] | None) -> ColumnElement[bool]:
    """Few threads are found by themselves: told of their sites too, SQLite would read the sites' last weeks."""
    if item_ids is None or len(item_ids) > _FEW:
        return table.c.site_id.in_(site_ids)
    return table.c.worklist_item_id.in_(item_ids)


def mark_seen(connection: Connection, case: Case, *, person_id: str, number: int) -> bool:
    """Somebody has read so far; never further back. False where that was known."""
    known = select(seen.c.number).where(seen.c.worklist_item_id == case.worklist_item_id, seen.c.person_id == person_id)
    before = connection.execute(known.with_for_update()).scalar_one_or_none()
    if before is not None and before >= number:
        return False
    if before is None:
        connection.execute(
            insert(seen).values(worklist_item_id=case.worklist_item_id, person_id=person_id, number=number, at=now())
        )
    else:
        connection.execute(
            update(seen)
            .where(seen.c.worklist_item_id == case.worklist_item_id, seen.c.person_id == person_id)
            .values(number=number, at=now())
        )
    return True


def seen_by(connection: Connection, case: Case) -> tuple[Seen, ...]:
    """How far each person has read a case's thread."""
    rows = connection.execute(
        select(seen.c.person_id, seen.c.number, seen.c.at).where(seen.c.worklist_item_id == case.worklist_item_id)
    )
    return tuple(Seen(row.person_id, row.number, row.at) for row in rows)


def draft_of(connection: Connection, case: Case, *, person_id: str) -> Draft | None:
    """What somebody is writing on this case."""
    row = connection.execute(
        select(draft.c.content, draft.c.updated_at).where(
            draft.c.worklist_item_id == case.worklist_item_id, draft.c.person_id == person_id
        )
    ).one_or_none()
    return None if row is None else Draft(row.content, row.updated_at)


def save_draft(connection: Connection, case: Case, *, person_id: str, content: str, at: datetime) -> None:
    """Keep what somebody is writing, in place of what was kept before; nothing of it where it is empty."""
    connection.execute(
        delete(draft).where(draft.c.worklist_item_id == case.worklist_item_id, draft.c.person_id == person_id)
    )
    if content:
        connection.execute(
            insert(draft).values(
                worklist_item_id=case.worklist_item_id, person_id=person_id, content=content, updated_at=at
            )
        )


def add_attachment(connection: Connection, new: Attachment) -> None:
    """Keep what is known of a file; its bytes are there."""
    connection.execute(insert(attachment).values(**asdict(new)))


def remove_unsent(connection: Connection, attachment_id: str) -> None:
    """Forget a file that went with no message."""
    connection.execute(
        delete(attachment).where(attachment.c.attachment_id == attachment_id, attachment.c.message_id.is_(None))
    )


def attachments(connection: Connection, case: Case) -> tuple[Attachment, ...]:
    """All files of a case, those of messages and those that wait to be sent."""
    rows = connection.execute(
        select(attachment)
        .where(attachment.c.site_id == case.site_id, attachment.c.worklist_item_id == case.worklist_item_id)
        .order_by(attachment.c.stored_at, attachment.c.attachment_id)
    )
    return tuple(Attachment(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def new_id() -> str:
    """A name that nothing has yet."""
    return uuid.uuid4().hex


def _messages(connection: Connection, case: Case, message_id: str | None = None) -> tuple[Message, ...]:
    query = (
        select(message, to_do.c.state, to_do.c.settled_by, to_do.c.settled_at, to_do.c.reason)
        .select_from(message.outerjoin(to_do, to_do.c.message_id == message.c.message_id))
        .where(message.c.site_id == case.site_id, message.c.worklist_item_id == case.worklist_item_id)
        .order_by(message.c.number)
    )
    if message_id is not None:
        query = query.where(message.c.message_id == message_id)
    files: dict[str, list[Attachment]] = defaultdict(list)
    for one in attachments(connection, case):
        files[one.message_id or ""].append(one)
    return tuple(_message(row, files[row.message_id]) for row in connection.execute(query))


def _message(row: Row[Any], files: Iterable[Attachment]) -> Message:
    return Message(
        message_id=row.message_id,
        worklist_item_id=row.worklist_item_id,
        number=row.number,
        kind=MessageKind(row.kind),
        side=row.side,
        text=row.text,
        author_id=row.author_id,
        author_name=row.author_name,
        written_at=row.written_at,
        blocks_signing=row.blocks_signing,
        answers=row.answers,
        corrects=row.corrects,
        call_back=_call_back(row),
        to_do=ToDo(row.state or "none", row.settled_by, row.settled_at, row.reason or ""),
        attachments=tuple(files),
    )


def _call_back(row: Row[Any]) -> CallBack | None:
    if row.called_at is None:
        return None
    return CallBack(row.called_person, row.called_number, row.called_at, row.read_back)
