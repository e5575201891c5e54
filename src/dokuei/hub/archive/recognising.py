"""The verbs on papers among a study's objects: which they are, and by which rules a site knows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from dokuei.errors import NotFoundError
from dokuei.hub.archive import reading, store_papers
from dokuei.hub.archive.papers import PaperRule, checked
from dokuei.hub.archive.reading import Scope
from dokuei.hub.archive.store_papers import Paper
from dokuei.hub.archive.storing import STUDY_CHANGED
from dokuei.storage import outbox
from dokuei.storage.audit import hub_trail
from dokuei.storage.db import Database


@dataclass(frozen=True)
class Papers:
    """Who asks has seen to access."""

    database: Database

    def of_study(self, site_id: str, study_instance_uid: str) -> tuple[Paper, ...]:
        """The papers of a study.

        Raises:
            NotFoundError: no such study at this site.
        """
        scope = Scope(site_id, study_instance_uid)
        with self.database.read() as connection:
            if reading.study_row(connection, scope.site_id, scope.study_instance_uid) is None:
                raise NotFoundError("no such study", phase="reading the archive")
            return store_papers.papers_of(connection, site_id, study_instance_uid)

    def one(self, site_id: str, study_instance_uid: str, sop_instance_uid: str) -> Paper:
        """One paper of a study.

        Raises:
            NotFoundError: no such study at this site, or what it names is no paper of it.
        """
        for paper in self.of_study(site_id, study_instance_uid):
            if paper.sop_instance_uid == sop_instance_uid:
                return paper
        raise NotFoundError("no such paper", phase="reading the archive")

    def rules(self, site_id: str) -> tuple[PaperRule, ...]:
        """What holds at a site."""
        with self.database.read() as connection:
            return store_papers.rules_of(connection, site_id)

    def set_rules(self, site_id: str, rules: Sequence[PaperRule], *, actor: str) -> tuple[PaperRule, ...]:
        """Know papers by these rules from now on, also those that are here already.

        Raises:
            RequestError: rules that could take anything for a paper.
        """
        kept = checked(rules)
        with self.database.begin() as connection:
            store_papers.set_rules(connection, site_id, kept, actor=actor)
            hub_trail.append(
                connection,
                actor=actor,
                event="site.papers-set",
                site_id=site_id,
                details={"rules": [f"{one.kind}: {', '.join(one.words)}" for one in kept]},
            )
            for study_instance_uid in store_papers.studies_of_papers(connection, site_id):
                told = {"site_id": site_id, "study_instance_uid": study_instance_uid, "because": "paper rules"}
                outbox.put(connection, STUDY_CHANGED, told)
        return kept
