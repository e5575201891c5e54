"""What cases ask of other slices; the hub's wiring says who answers."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from dokuei.hub.identity.model import Principal
from dokuei.hub.worklist.model import Priority, StudyFacts, WorklistItem
from dokuei.hub.worklist.prior_ledgers import PriorLedger


class Contracts(Protocol):
    """What cases ask of the register of sites."""

    def demand(self, site_id: str) -> None:
        """Nothing where a contract covers today.

        Raises:
            ForbiddenError: none does.
        """

    def reads_twice(self, site_id: str, modalities: Collection[str]) -> bool:
        """Whether two readers read such a study of this site before a third decides."""

    def due_at(self, site_id: str, arrived_at: datetime, priority: Priority = Priority.ROUTINE) -> datetime | None:
        """When a study that came then is due by the contract; None where it gives no term."""

    def finalising_sites(self, site_ids: Collection[str]) -> frozenset[str]:
        """Those of the sites where a technologist confirms a study's images before they are reported on."""


class Requests(Protocol):
    """What cases ask of reading requests."""

    def demand_settled(self, connection: Connection, site_id: str, study_instance_uid: str) -> None:
        """Nothing where request and images name one person, or somebody has said why they belong together.

        Raises:
            ConflictError: that is still to be decided (REC-10).
        """

    def reads_twice(self, connection: Connection, site_id: str, study_instance_uid: str) -> bool | None:
        """What the screening batch of a study says about a second reading; None where it is of none."""


class Readers(Protocol):
    """What is recorded of those who read."""

    def demand_qualified(self, connection: Connection, principal: Principal, item: WorklistItem) -> None:
        """Nothing where whoever signs may stand for this case's report, or is not one who signs.

        Raises:
            ForbiddenError: a licence or a grade is missing or over (JRS-01, JRS-02).
        """


class Priors(Protocol):
    """What cases ask of the ledger of earlier studies."""

    def is_prior(self, connection: Connection, site_id: str, study_instance_uid: str) -> bool:
        """Whether a study was brought for another's sake."""

    def of(self, connection: Connection, studies: Collection[StudyFacts]) -> Mapping[tuple[str, str], PriorLedger]:
        """Site and study → what the PACS has from before; studies of whose patient nobody has told are not named."""
