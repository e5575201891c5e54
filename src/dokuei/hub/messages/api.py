"""Threads over HTTP: what is said about a case, and what waits for whom; polling is cheap."""

import json
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import quote, unquote

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, Field

from dokuei.hub.identity.api import private, require
from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.messages.mail import LONGEST_ADDRESS
from dokuei.hub.messages.model import (
    LONGEST_NAME,
    LONGEST_TEXT,
    MOST_ATTACHMENTS,
    Attachment,
    CallBack,
    Message,
    MessageKind,
    Side,
    State,
    Written,
)
from dokuei.hub.messages.service import MessagesService, Thread

Viewer = Annotated[Principal, Depends(require(Permission.READ_MESSAGES))]
Writer = Annotated[Principal, Depends(require(Permission.WRITE_MESSAGES))]
_ID = "^[0-9a-f]{32}$"


async def _whole(request: Request) -> bytes:
    """The body as it came; the outer door has seen to its size."""
    return await request.body()


class CallBackShape(Shape):
    """Who was called, at which number or extension, when, and whether they read back what they were told."""

    person: str = Field(max_length=LONGEST_NAME)
    number: str = Field(max_length=LONGEST_NAME)
    at: datetime
    read_back: bool


class MessageIn(Shape):
    """A message; ``message_id`` is the page's own, so that what is sent twice is said once."""

    message_id: str = Field(pattern=_ID)
    kind: Literal["note", "question", "call_back"]
    text: str = Field(max_length=2 * LONGEST_TEXT)
    blocks_signing: bool = False
    to_do: bool = False
    corrects: str | None = Field(None, pattern=_ID)
    call_back: CallBackShape | None = None
    attachments: list[str] = Field(default_factory=list, max_length=MOST_ATTACHMENTS)


class MessageAnswerIn(Shape):
    """An answer to a question."""

    message_id: str = Field(pattern=_ID)
    text: str = Field(max_length=2 * LONGEST_TEXT)
    attachments: list[str] = Field(default_factory=list, max_length=MOST_ATTACHMENTS)


class QuestionWaiverIn(Shape):
    """Why a question needs no answer."""

    reason: str = Field(max_length=2 * LONGEST_TEXT)


class MessageDraftShape(Shape):
    """What somebody is writing and has not sent."""

    kind: Literal["note", "question", "answer", "call_back"] = "note"
    text: str = Field("", max_length=2 * LONGEST_TEXT)
    blocks_signing: bool = False
    to_do: bool = False
    answers: str = Field("", max_length=32)
    corrects: str = Field("", max_length=32)
    called_person: str = Field("", max_length=LONGEST_NAME)
    called_number: str = Field("", max_length=LONGEST_NAME)
    called_at: str = Field("", max_length=40)
    read_back: bool | None = None


class MessageAttachmentOut(BaseModel):
    """A file that goes with a message."""

    attachment_id: str
    file_name: str
    media_type: str
    size: int
    url: str


class MessageToDoOut(BaseModel):
    """What is still to be done about a message, or who saw to it and when."""

    state: State
    by: str
    at: datetime | None
    reason: str


class MessageOut(BaseModel):
    """One message of a case's thread."""

    message_id: str
    number: int
    kind: MessageKind
    side: Side
    text: str
    author_id: str
    author_name: str
    written_at: datetime
    blocks_signing: bool
    answers: str | None
    corrects: str | None
    call_back: CallBackShape | None
    to_do: MessageToDoOut
    may_waive: bool
    attachments: list[MessageAttachmentOut]


class ThreadSeenOut(BaseModel):
    """How far somebody has read."""

    display_name: str
    number: int
    at: datetime


class ThreadOut(BaseModel):
    """A case's thread as this person has it."""

    messages: list[MessageOut]
    read_up_to: int
    seen: list[ThreadSeenOut]
    draft: MessageDraftShape | None
    unsent: list[MessageAttachmentOut]
    may_write: bool


class ThreadWaitingOut(BaseModel):
    """What of one case's thread waits for this person."""

    worklist_item_id: str
    unread_messages: int
    open_question: bool
    holds_signing: bool


class UnreadOut(BaseModel):
    """All threads in which something waits, and how much of it is unread."""

    unread_messages: int
    cases: list[ThreadWaitingOut]


class MailAddressIn(Shape):
    """Where somebody wants nudges; empty: nowhere."""

    address: str = Field(max_length=LONGEST_ADDRESS)


class MailAddressOut(BaseModel):
    """Where this person wants nudges, and whether this hub sends any."""

    address: str
    sends_mail: bool


def routes(service: MessagesService) -> APIRouter:
    """The routes of threads."""
    router = APIRouter(tags=["messages"], dependencies=[Depends(private)])

    @router.get("/api/v1/messages/unread")
    def unread(me: Viewer) -> UnreadOut:
        """What waits in the threads of all cases that somebody may see: counts, no texts."""
        waiting = sorted(service.waiting(me).values(), key=lambda one: one.worklist_item_id)
        return UnreadOut(
            unread_messages=sum(one.unread for one in waiting),
            cases=[
                ThreadWaitingOut(
                    worklist_item_id=one.worklist_item_id,
                    unread_messages=one.unread,
                    open_question=one.open_question,
                    holds_signing=one.holds_signing,
                )
                for one in waiting
            ],
        )

    @router.get("/api/v1/messages/mail-address")
    def mail_address(me: Viewer) -> MailAddressOut:
        """Where nudges about unread messages go: one's own address alone."""
        return MailAddressOut(address=service.nudging.address(me), sends_mail=service.nudging.on)

    @router.put("/api/v1/messages/mail-address")
    def set_mail_address(me: Viewer, wanted: MailAddressIn) -> MailAddressOut:
        """Say where nudges go, or that none shall."""
        return MailAddressOut(address=service.nudging.set_address(me, wanted.address), sends_mail=service.nudging.on)

    of_case = APIRouter(prefix="/api/v1/worklist/{worklist_item_id}/messages")
    _attachment_routes(of_case, service)
    _thread_routes(of_case, service)
    _settling_routes(of_case, service)
    router.include_router(of_case)
    return router


def _thread_routes(router: APIRouter, service: MessagesService) -> None:
    @router.get("")
    def thread(me: Viewer, worklist_item_id: str) -> ThreadOut:
        """Everything that was said about a case."""
        return _out(service.thread(me, worklist_item_id))

    @router.post("")
    def write(me: Writer, worklist_item_id: str, said: MessageIn) -> ThreadOut:
        """Add a message."""
        written = Written(
            message_id=said.message_id,
            kind=MessageKind(said.kind),
            text=said.text,
            blocks_signing=said.blocks_signing,
            to_do=said.to_do,
            corrects=said.corrects,
            call_back=None if said.call_back is None else CallBack(**said.call_back.model_dump()),
            attachments=tuple(said.attachments),
        )
        return _out(service.write(me, worklist_item_id, written))

    @router.put("/draft", status_code=204)
    def save_draft(me: Writer, worklist_item_id: str, typed: MessageDraftShape) -> None:
        """Keep what is being written, for this person alone."""
        empty = typed == MessageDraftShape()
        content = "" if empty else json.dumps(typed.model_dump(exclude_defaults=True), ensure_ascii=False)
        service.save_draft(me, worklist_item_id, content)


def _settling_routes(router: APIRouter, service: MessagesService) -> None:
    @router.post("/{message_id}/answer")
    def answer(me: Writer, worklist_item_id: str, message_id: str, said: MessageAnswerIn) -> ThreadOut:
        """Answer a question."""
        written = Written(
            message_id=said.message_id,
            kind=MessageKind.ANSWER,
            text=said.text,
            answers=message_id,
            attachments=tuple(said.attachments),
        )
        return _out(service.write(me, worklist_item_id, written))

    @router.post("/{message_id}/waive")
    def waive(me: Writer, worklist_item_id: str, message_id: str, said: QuestionWaiverIn) -> ThreadOut:
        """Let a question go unanswered, for a reason."""
        return _out(service.waive(me, worklist_item_id, message_id, said.reason))

    @router.post("/{message_id}/done")
    def done(me: Writer, worklist_item_id: str, message_id: str) -> ThreadOut:
        """Tick off what was to be done."""
        return _out(service.finish(me, worklist_item_id, message_id))

    @router.post("/{message_id}/read")
    def read(me: Viewer, worklist_item_id: str, message_id: str) -> ThreadOut:
        """This person has read as far as this message."""
        return _out(service.mark_seen(me, worklist_item_id, message_id))


def _attachment_routes(router: APIRouter, service: MessagesService) -> None:
    @router.post("/attachments")
    def attach(
        me: Writer,
        worklist_item_id: str,
        data: Annotated[bytes, Depends(_whole)],
        x_dokuei_file_name: Annotated[str, Header(max_length=2000)] = "",
    ) -> MessageAttachmentOut:
        """Keep a file that will go with a message; its name comes percent-encoded, in a header that no log keeps."""
        name = unquote(x_dokuei_file_name, errors="replace")
        return _attachment(service.attaching.store(me, worklist_item_id, data, file_name=name))

    @router.get(
        "/attachments/{attachment_id}", response_class=Response, responses={200: {"content": {"application/*": {}}}}
    )
    def open_attachment(me: Viewer, worklist_item_id: str, attachment_id: str) -> Response:
        """A file, to be saved or opened outside the page."""
        found, data = service.attaching.read(me, worklist_item_id, attachment_id)
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.file_name, safe='')}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(data, media_type=found.media_type, headers=headers)

    @router.delete("/attachments/{attachment_id}", status_code=204)
    def remove_attachment(me: Writer, worklist_item_id: str, attachment_id: str) -> None:
        """Take back a file that was not sent."""
        service.attaching.remove(me, worklist_item_id, attachment_id)


def _out(thread: Thread) -> ThreadOut:
    return ThreadOut(
        messages=[_message(one, thread) for one in thread.messages],
        read_up_to=thread.read_up_to,
        seen=[
            ThreadSeenOut(display_name=thread.names.get(one.person_id, ""), number=one.number, at=one.at)
            for one in thread.seen
            if one.person_id != thread.person_id
        ],
        draft=None if thread.draft is None else MessageDraftShape(**json.loads(thread.draft.content)),
        unsent=[_attachment(one) for one in thread.unsent],
        may_write=thread.may_write,
    )


def _message(one: Message, thread: Thread) -> MessageOut:
    call, to_do = one.call_back, one.to_do
    return MessageOut(
        message_id=one.message_id,
        number=one.number,
        kind=one.kind,
        side=one.side,
        text=one.text,
        author_id=one.author_id,
        author_name=one.author_name,
        written_at=one.written_at,
        blocks_signing=one.blocks_signing,
        answers=one.answers,
        corrects=one.corrects,
        call_back=None
        if call is None
        else CallBackShape(person=call.person, number=call.number, at=call.at, read_back=call.read_back),
        to_do=MessageToDoOut(
            state=to_do.state, by=thread.names.get(to_do.by or "", ""), at=to_do.at, reason=to_do.reason
        ),
        may_waive=thread.may_write and (thread.may_sign or one.author_id == thread.person_id),
        attachments=[_attachment(file) for file in one.attachments],
    )


def _attachment(one: Attachment) -> MessageAttachmentOut:
    return MessageAttachmentOut(
        attachment_id=one.attachment_id,
        file_name=one.file_name,
        media_type=one.media_type,
        size=one.size,
        url=f"/api/v1/worklist/{one.worklist_item_id}/messages/attachments/{one.attachment_id}",
    )
