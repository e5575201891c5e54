"""The hospital's own number for a case: what a link in its information system leads to, for who may see it."""

from dataclasses import dataclass

from dokuei.errors import NotFoundError, RequestError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.worklist import store_lists, store_lookup
from dokuei.hub.worklist.model import WorklistItem
from dokuei.hub.worklist.service import WorklistService
from dokuei.storage.audit import hub_trail

_MOST = 50
_PHASE = "following a link"


@dataclass(frozen=True)
class Lookup:
    """Finds cases by what the hospital calls them."""

    worklist: WorklistService

    def find(
        self, principal: Principal, *, accession_number: str = "", study_instance_uid: str = "", site_id: str = ""
    ) -> tuple[WorklistItem, ...]:
        """Cases under an accession number or of a study, at the sites of whoever asks; the latest first.

        Raises:
            RequestError: neither of the two is named.
            NotFoundError: there is none, or none that is theirs to see.
        """
        if not accession_number and not study_instance_uid:
            raise RequestError("a link names an accession number or a study", phase=_PHASE)
        sites = principal.sites_with(Permission.READ_WORKLIST)
        within = sites & {site_id} if site_id else sites
        with self.worklist.database.begin() as connection:
            ids = store_lookup.named(
                connection,
                site_ids=within,
                accession_number=accession_number,
                study_instance_uid=study_instance_uid,
                at_most=_MOST,
            )
            found = store_lists.cases(connection, ids, site_ids=sites)
            for one in found:
                hub_trail.append(
                    connection,
                    actor=principal.actor,
                    event="case.link-followed",
                    site_id=one.study.site_id,
                    subject=one.study.study_instance_uid,
                )
        if not found:
            raise NotFoundError("nothing here", phase=_PHASE)
        return found
