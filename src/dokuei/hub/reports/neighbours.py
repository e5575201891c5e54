"""What reports ask of other slices; the hub's wiring says who answers."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection

from dokuei.dicom.image_mac import ImageMac
from dokuei.hub.identity.model import Principal
from dokuei.hub.reports.circumstances import Call, DisplayUsed
from dokuei.hub.reports.model import Case, KnownImage, SiteRules


class Cases(Protocol):
    """The worklist."""

    def case(
        self, connection: Connection, item_id: str, role: str, *, site_ids: Collection[str], lock: bool = False
    ) -> Case:
        """One case and who has the role, inside the asker's transaction; ``lock`` lets writers of one case queue.

        Raises:
            NotFoundError: no such case or role at those sites.
        """

    def role_of(self, connection: Connection, item_id: str, person_id: str | None, *, site_ids: Collection[str]) -> str:
        """Whose report of a case somebody means who names none: their own, else the one that leaves the centre.

        Raises:
            NotFoundError: no such case at those sites.
        """

    def signed(self, connection: Connection, case: Case, *, person_id: str, at: datetime) -> None:
        """The reading is signed, inside the asker's transaction: from then on nobody gives it back or takes it."""


class Contracts(Protocol):
    """The terms in the register of sites."""

    def demand(self, site_id: str) -> None:
        """Nothing where the contract's term covers today.

        Raises:
            ForbiddenError: it does not.
        """


class Displays(Protocol):
    """The register of displays."""

    def at(self, principal: Principal, *, site_id: str, modalities: Collection[str]) -> DisplayUsed:
        """What somebody sits at now, judged for what a case of that site takes."""


class Lines(Protocol):
    """What is known of lines."""

    def at(
        self, principal: Principal, *, modalities: Collection[str], sop_class_uids: Collection[str], priors: bool
    ) -> dict[str, Any] | None:
        """What was measured of the line that somebody reads over, lately, and what that is worth for such a study."""


class Images(Protocol):
    """The archive."""

    def of_study(self, site_id: str, study_instance_uid: str) -> tuple[KnownImage, ...]:
        """Every archived object of a study that has frames.

        Raises:
            NotFoundError: no such study at this site.
        """

    def macs(self, site_id: str, study_instance_uid: str, sop_instance_uids: Collection[str]) -> Mapping[str, ImageMac]:
        """The MAC of each of these images, by SOP Instance UID.

        Raises:
            ProofError: a stored frame is not what it was.
        """


class Questions(Protocol):
    """The talk about cases."""

    def demand_settled(self, connection: Connection, item_id: str) -> None:
        """Nothing where no question stands open that a report must wait for, inside the asker's transaction.

        Raises:
            ConflictError: one does; the page shows which, the error never quotes it.
        """

    def called_back(self, connection: Connection, item_id: str) -> bool:
        """Whether a call back about the case stands in its thread."""

    def call_since(self, connection: Connection, item_id: str, moment: datetime) -> Call | None:
        """Whom a call reached after that moment, who read back what they were told."""


class Rules(Protocol):
    """The register of sites."""

    def of_site(self, site_id: str) -> SiteRules:
        """What holds for this site's reports.

        Raises:
            NotFoundError: no such site.
        """
