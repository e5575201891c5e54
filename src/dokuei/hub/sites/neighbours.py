"""What the register asks of other slices; the hub's wiring says who answers."""

from collections.abc import Collection
from typing import Protocol


class Cases(Protocol):
    """The worklist."""

    def site_of(self, item_id: str, *, site_ids: Collection[str]) -> str:
        """The site of a case.

        Raises:
            NotFoundError: no such case at those sites.
        """


class Post(Protocol):
    """Who carries mail to people."""

    def tell(self, person_id: str, site_id: str) -> bool:
        """Tell somebody that a hospital's contacts are to be tried; False where they want no mail.

        Raises:
            OSError, smtplib.SMTPException: it was not taken.
        """
