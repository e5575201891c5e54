"""What the worklist asks of requests, of the register of sites, of archive and gateways, of what readers are."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from dokuei.clock import now
from dokuei.errors import ConflictError
from dokuei.hub.archive.service import ArchiveService
from dokuei.hub.gateways.model import GatewayState
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.qualification import demand_none, takes_grade
from dokuei.hub.identity.qualifications import Qualifications
from dokuei.hub.neighbours import is_screening, roster_says_twice
from dokuei.hub.reports.service import ReportsService
from dokuei.hub.requests.service import is_mismatched
from dokuei.hub.sites.calendar import due_after
from dokuei.hub.sites.service import SitesService
from dokuei.hub.worklist.model import Priority, WorklistItem
from dokuei.hub.worklist.way import AtGateway, OnItsWayBack, SignedFor, Way


class SettledRequests:
    """The worklist asks requests whether a case's images are certainly the right patient's."""

    def demand_settled(self, connection: Connection, site_id: str, study_instance_uid: str) -> None:
        """Nothing where that is settled.

        Raises:
            ConflictError: it is not (REC-10).
        """
        if is_mismatched(connection, site_id, study_instance_uid):
            raise ConflictError(
                "request and images do not name the same patient, or two requests name these images",
                phase="claiming a case",
                remedy="somebody at the site resolves it on the list of requests",
            )

    def reads_twice(self, connection: Connection, site_id: str, study_instance_uid: str) -> bool | None:
        """What the screening batch of a study's request says about a second reading; None where it is of none."""
        return roster_says_twice(connection, site_id, study_instance_uid)


@dataclass(frozen=True)
class CaseWays:
    """Cases ask archive, gateways and reports how far they have come."""

    archive: ArchiveService
    gateways: Callable[[Collection[str]], tuple[GatewayState, ...]]
    reports: ReportsService

    def of(self, item: WorklistItem) -> Way:
        """The way of one case."""
        site_id, study_instance_uid = item.study.site_id, item.study.study_instance_uid
        signed = self.archive.signed_for(site_id, study_instance_uid)
        return Way(
            gateway=self._gateway(site_id, study_instance_uid, "" if signed is None else signed.signed_by),
            signed_for=None if signed is None else SignedFor(signed.instances, signed.verified, signed.at),
            back=tuple(
                OnItsWayBack(one.kind, one.delivered_at, one.last_error or "", one.stamps, one.states)
                for one in self.reports.deliveries_of_case(item.worklist_item_id)
            ),
        )

    def _gateway(self, site_id: str, study_instance_uid: str, signed_by: str) -> AtGateway | None:
        """The one that speaks of the study now, else the one that signed for it."""
        signer = None
        for known in self.gateways({site_id}):
            gateway = known.gateway
            for told in known.studies:
                if told["study_instance_uid"] == study_instance_uid:
                    return AtGateway(
                        gateway_id=gateway.gateway_id,
                        name=gateway.name,
                        state=told["state"],
                        error=told["error"],
                        left_bytes=told.get("left_bytes", 0),
                        done_at=known.done_at(told, now()),
                    )
            if gateway.gateway_id == signed_by:
                signer = AtGateway(gateway.gateway_id, gateway.name, "", "")
        return signer


@dataclass(frozen=True)
class SiteContracts:
    """Worklist and reports ask the register whether a site is worked for today, where the centre's clock stands."""

    sites: SitesService
    time_zone: str

    def demand(self, site_id: str, *, modalities: Sequence[str] = (), kind: str = "") -> None:
        """Nothing where a contract covers today, and what is asked for.

        Raises:
            NotFoundError: no such site.
            OutsideContractError: none does, with the reason (JRS-03).
        """
        self.sites.contracting.demand(site_id, self._day(now()), modalities=modalities, kind=kind)

    def reads_twice(self, site_id: str, modalities: Collection[str]) -> bool:
        """Whether two readers read such a study of this site before a third decides."""
        site = self.sites.known(site_id)
        return site is not None and site.read_twice == "mammograms" and "MG" in modalities

    def due_at(self, site_id: str, arrived_at: datetime, priority: Priority = Priority.ROUTINE) -> datetime | None:
        """By the contract's turnaround for that priority, else by the site's own; None where neither says any."""
        site = self.sites.known(site_id)
        if site is None:
            return None
        agreed = self.sites.contracting.turnaround(site_id, self._day(arrived_at), priority.value)
        if agreed is not None and agreed.unit == "hours":
            return arrived_at + timedelta(hours=agreed.amount)
        days = site.turnaround_days if agreed is None else agreed.amount
        if days is None:
            return None
        zone = ZoneInfo(self.time_zone)
        return due_after(arrived_at, days=days, at=site.due_time, closed_on=site.closed_on, zone=zone)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def finalising_sites(self, site_ids: Collection[str]) -> frozenset[str]:
        """Those of the sites where a technologist confirms a study's images before they are reported on."""
        return self.sites.finalising(site_ids)

    def wants_pseudonyms(self, site_id: str) -> bool:
        """Whether patients of a site may be named by pseudonyms alone."""
        return self.sites.wants_pseudonyms(site_id)


@dataclass(frozen=True)
class QualifiedReaders:
    """Whoever could not sign is told before any work is done, in the words that signing has."""

    qualifications: Qualifications
    sites: SitesService

    def demand_qualified(self, connection: Connection, principal: Principal, item: WorklistItem) -> None:
        """Nothing where whoever signs may stand for this case's report, or is not one who signs.

        Raises:
            ForbiddenError: a licence or a grade is missing or over (JRS-01, JRS-02).
        """
        study = item.study
        if not principal.may(Permission.SIGN_REPORT, study.site_id):
            return
        site = self.sites.known(study.site_id)
        needed = takes_grade(
            study.modalities,
            screening=is_screening(connection, item),
            required=site is not None and site.mammography_grade_required,
        )
        demand_none(self.qualifications.lacks(principal.person_id or "", grade_needed=needed))
