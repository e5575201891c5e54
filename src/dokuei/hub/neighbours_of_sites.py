"""What the register of sites asks of the worklist, and of messages, which carry mail."""

from collections.abc import Collection
from dataclasses import dataclass

from dokuei.hub.messages.service import MessagesService
from dokuei.hub.worklist.service import WorklistService


@dataclass(frozen=True)
class SiteCases:
    """Whose case it is that somebody wants to call about."""

    worklist: WorklistService

    def site_of(self, item_id: str, *, site_ids: Collection[str]) -> str:
        """The site of a case.

        Raises:
            NotFoundError: no such case at those sites.
        """
        with self.worklist.database.read() as connection:
            return self.worklist.case_in(connection, item_id, site_ids=site_ids).study.site_id


@dataclass(frozen=True)
class ContactMail:
    """A mail to whoever keeps a hospital's contacts, at the address that they gave for nudges."""

    messages: MessagesService

    def tell(self, person_id: str, site_id: str) -> bool:
        """Tell somebody that a call is to be tried; False where they want no mail.

        Raises:
            OSError, smtplib.SMTPException: it was not taken.
        """
        return self.messages.nudging.tell_contacts_due(person_id, site_id)
