"""Files that go with messages: judged by their first bytes, not by anybody's word, and handed out as files only."""

import hashlib
from dataclasses import dataclass, field

from dokuei.clock import now
from dokuei.errors import NotFoundError, ProofError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.messages import store
from dokuei.hub.messages.model import Attachment, media_type_of, plain_file_name
from dokuei.hub.messages.neighbours import Cases
from dokuei.storage.audit import hub_trail
from dokuei.storage.blobs import Blobs
from dokuei.storage.db import Database
from dokuei.storage.lately import HOUR, Lately


@dataclass(frozen=True)
class Attaching:
    """The verbs on attachments."""

    database: Database
    blobs: Blobs
    cases: Cases
    looked: Lately = field(default_factory=lambda: Lately(HOUR), repr=False)

    def store(self, principal: Principal, item_id: str, data: bytes, *, file_name: str) -> Attachment:
        """Keep a file that will go with a message of this person: bytes before rows.

        Raises:
            NotFoundError, ForbiddenError: no such case at a site of theirs, or no right to write there.
            RequestError, TooLargeError, UnsupportedError: nothing that is taken.
        """
        with self.database.read() as connection:
            case = self.cases.thread_of(connection, item_id, site_ids=principal.site_ids)
        principal.demand(Permission.WRITE_MESSAGES, case.site_id)
        attachment_id = store.new_id()
        new = Attachment(
            attachment_id=attachment_id,
            site_id=case.site_id,
            worklist_item_id=case.worklist_item_id,
            message_id=None,
            file_name=plain_file_name(file_name),
            media_type=media_type_of(data),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            blob_key=f"messages/{case.site_id}/{attachment_id}",
            stored_by=principal.person_id or "",
            stored_at=now(),
        )
        self.blobs.put(new.blob_key, data)
        with self.database.begin() as connection:
            store.add_attachment(connection, new)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="attachment.stored",
                site_id=case.site_id,
                subject=case.study_instance_uid,
                details={"attachment_id": attachment_id, "type": new.media_type, "sha256": new.sha256},
            )
        return new

    def read(self, principal: Principal, item_id: str, attachment_id: str) -> tuple[Attachment, bytes]:
        """A file with its bytes; before it is sent only for who brought it.

        Raises:
            NotFoundError: no such case at a site of theirs, or no such file for this person.
            ProofError: the bytes are not the ones that came.
        """
        with self.database.read() as connection:
            case = self.cases.thread_of(connection, item_id, site_ids=principal.sites_with(Permission.READ_MESSAGES))
            found = next(
                (one for one in store.attachments(connection, case) if one.attachment_id == attachment_id), None
            )
        if found is None or (found.message_id is None and found.stored_by != principal.person_id):
            raise NotFoundError("no such attachment", phase="opening an attachment")
        data = self.blobs.read(found.blob_key)
        if hashlib.sha256(data).hexdigest() != found.sha256:
            raise ProofError("the file has been changed", phase="opening an attachment", remedy="restore the backup")
        if not self.looked.holds(principal.actor, attachment_id):
            with self.database.begin() as connection:
                hub_trail.append(
                    connection,
                    actor=principal.actor,
                    event="attachment.read",
                    site_id=case.site_id,
                    subject=case.study_instance_uid,
                    details={"attachment_id": attachment_id},
                )
            self.looked.keep(principal.actor, attachment_id)
        return found, data

    def remove(self, principal: Principal, item_id: str, attachment_id: str) -> None:
        """Take back a file of one's own that went with no message: rows before bytes.

        Raises:
            NotFoundError, ForbiddenError: no such file, or no right to write there.
        """
        with self.database.begin() as connection:
            case = self.cases.thread_of(connection, item_id, site_ids=principal.site_ids, lock=True)
            principal.demand(Permission.WRITE_MESSAGES, case.site_id)
            found = next(
                (
                    one
                    for one in store.attachments(connection, case)
                    if one.attachment_id == attachment_id
                    and one.message_id is None
                    and one.stored_by == principal.person_id
                ),
                None,
            )
            if found is None:
                raise NotFoundError("no such attachment", phase="removing an attachment")
            store.remove_unsent(connection, attachment_id)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="attachment.removed",
                site_id=case.site_id,
                subject=case.study_instance_uid,
                details={"attachment_id": attachment_id},
            )
        self.blobs.delete(found.blob_key)
