"""What the worklist asks of those who keep what is recorded of readers."""

from dataclasses import dataclass

from sqlalchemy import Connection

from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.identity.qualification import demand_none, takes_grade
from dokuei.hub.identity.qualifications import Qualifications
from dokuei.hub.neighbours import roster_says_twice
from dokuei.hub.sites.service import SitesService
from dokuei.hub.worklist.model import StudyFacts


@dataclass(frozen=True)
class QualifiedReaders:
    """Whoever could not sign is told before any work is done, in the words that signing has."""

    qualifications: Qualifications
    sites: SitesService

    def demand_qualified(self, connection: Connection, principal: Principal, study: StudyFacts) -> None:
        """Nothing where whoever signs may stand for this study's report, or is not one who signs.

        Raises:
            ForbiddenError: a licence or a grade is missing or over (JRS-01, JRS-02).
        """
        if not principal.may(Permission.SIGN_REPORT, study.site_id):
            return
        site = self.sites.known(study.site_id)
        needed = takes_grade(
            study.modalities,
            screening=roster_says_twice(connection, study.site_id, study.study_instance_uid) is not None,
            required=site is not None and site.mammography_grade_required,
        )
        demand_none(self.qualifications.lacks(principal.person_id or "", grade_needed=needed))
