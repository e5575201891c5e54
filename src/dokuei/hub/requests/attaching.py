"""Documents and pictures that come with a request: kept as they are, served as what they are and nothing else."""

import hashlib
import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from dokuei.errors import ConflictError, NotFoundError, ProofError, RequestError, UnsupportedError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.requests import store
from dokuei.hub.requests.model import MOST_ATTACHMENTS, Attachment, ReadingRequest, demand_open
from dokuei.hub.requests.placing import found
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database

BEGINNINGS: Final = {"application/pdf": b"%PDF-", "image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_SUFFIXES: Final = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}
_PHASE = "attaching a document"


@dataclass(frozen=True)
class Attaching:
    """The verbs on attachments."""

    database: Database
    blobs: Blobs

    def attach(
        self, principal: Principal, request_id: str, data: bytes, *, name: str, media_type: str
    ) -> ReadingRequest:
        """Keep a document with a request; the same one again changes nothing.

        Raises:
            NotFoundError, ForbiddenError: not a request that this person writes.
            UnsupportedError: it is not what it says, or nothing that is taken.
            ConflictError: the request is canceled, or has all that one may have.
        """
        with self.database.begin() as connection:
            known = found(connection, principal, request_id, Permission.PLACE_REQUEST)
            return self.attached_in(connection, known, data, name=name, media_type=media_type, actor=principal.actor)

    def attached_in(
        self, connection: Connection, known: ReadingRequest, data: bytes, *, name: str, media_type: str, actor: str
    ) -> ReadingRequest:
        """The same inside a transaction, for whatever way it came."""
        media_type = _checked(data, media_type)
        sha256 = hashlib.sha256(data).hexdigest()
        demand_open(known)
        if any(one.sha256 == sha256 for one in known.attachments):
            return known
        if len(known.attachments) >= MOST_ATTACHMENTS:
            raise ConflictError(f"a request has {MOST_ATTACHMENTS} attachments at most", phase=_PHASE)
        new = Attachment(
            number=len(known.attachments) + 1,
            name=_plain(name) or f"attachment{_SUFFIXES[media_type]}",
            media_type=media_type,
            size=len(data),
            sha256=sha256,
            blob_key=f"requests/{known.site_id}/{known.request_id}/{sha256}",
        )
        self.blobs.put(new.blob_key, data)
        store.add_attachment(connection, known.request_id, new, actor=actor)
        hub_trail.append(
            connection,
            actor=actor,
            event="request.attached",
            site_id=known.site_id,
            subject=known.request_id,
            details={"number": new.number, "media_type": media_type, "size": new.size, "sha256": sha256},
        )
        return replace(known, attachments=(*known.attachments, new))

    def attached(self, principal: Principal, request_id: str, number: int) -> tuple[Attachment, bytes]:
        """One document; that it was looked at is noted (LOG-01).

        Raises:
            NotFoundError: no such request at a site of theirs, or no such document.
            ProofError: the bytes are not those that were attached.
        """
        with self.database.begin() as connection:
            sites = principal.sites_with(Permission.READ_REQUEST)
            known = store.find(connection, request_id, site_ids=sites)
            chosen = [] if known is None else [one for one in known.attachments if one.number == number]
            if known is None or not chosen:
                raise NotFoundError("no such attachment", phase="reading an attachment")
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="request.attachment.read",
                site_id=known.site_id,
                subject=known.request_id,
                details={"number": number},
            )
        data = self.blobs.read(chosen[0].blob_key)
        if hashlib.sha256(data).hexdigest() != chosen[0].sha256:
            raise ProofError("the file has been changed", phase="reading an attachment", remedy="restore the backup")
        return chosen[0], data


def _checked(data: bytes, media_type: str) -> str:
    plain = media_type.partition(";")[0].strip().lower()
    if plain not in BEGINNINGS:
        raise UnsupportedError("attachments are PDF, PNG or JPEG", phase=_PHASE)
    if not data:
        raise RequestError("an empty document", phase=_PHASE)
    if not data.startswith(BEGINNINGS[plain]):
        raise UnsupportedError(f"this is no {plain}", phase=_PHASE, remedy="send it as what it is")
    return plain


def _plain(name: str) -> str:
    """A file's own name, without folders and without what controls a terminal or turns a line around."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(one for one in last if not unicodedata.category(one).startswith("C")).strip()[:200]
