"""A request of the test patient, joined with its study as any other is, and undone again: nobody ever sees either."""

import contextlib
from dataclasses import dataclass

from dokuei.errors import ProofError
from dokuei.hub.requests import linking, store, store_studies
from dokuei.hub.requests.model import Content, Source, Study
from dokuei.hub.requests.placing import Author, Placing
from dokuei.storage.db import Database

_PHASE = "taking a pulse"


class _UndoneError(Exception):
    """Ends the transaction without a trace: neither list, nor event, nor audit trail has heard of it."""


@dataclass(frozen=True)
class Trial:
    """The verb of the pulse; no contract is asked, for nobody reads it."""

    database: Database
    placing: Placing

    def match(self, site_id: str, content: Content, study: Study, *, source: Source, author: Author) -> None:
        """Place the request, let its study come, and see whether they are joined.

        Raises:
            ProofError: they are not.
        """
        state, reasons = "nothing", ""
        with contextlib.suppress(_UndoneError), self.database.begin() as connection:
            rules = linking.lock(connection, site_id)
            placed = self.placing.entered(connection, site_id, content, source=source, author=author)
            store_studies.put_study(connection, study)
            linking.relink_study(connection, study, rules)
            known = store.find(connection, placed.request_id, site_ids={site_id})
            link = None if known is None else known.link_to(study.study_instance_uid)
            if link is not None:
                state, reasons = link.state, ", ".join(link.reasons)
            raise _UndoneError
        if state != "matched":
            raise ProofError(f"request and study were not joined: {state} {reasons}".strip(), phase=_PHASE)
