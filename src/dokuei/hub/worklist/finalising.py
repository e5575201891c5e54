"""検像: a technologist says that these images are the ones to be read, under their name (REC-09).

Nothing of that is written over: images that come afterwards, or a person with a reason, reopen it as an entry more.
"""

from dataclasses import dataclass

from dokuei.clock import now
from dokuei.errors import ConflictError, RequestError
from dokuei.hub.identity.model import Permission, Principal
from dokuei.hub.worklist import store_finalisations
from dokuei.hub.worklist.model import Finalisation, WorklistItem
from dokuei.hub.worklist.service import Listing, WorklistService, found_in
from dokuei.storage.audit import hub_trail

LONGEST_REMARK = 500
_PHASE = "finalising images"


@dataclass(frozen=True)
class Finalising:
    """The verbs on what technologists stand for."""

    worklist: WorklistService

    def history(self, principal: Principal, item_id: str) -> tuple[tuple[Finalisation, ...], dict[str, str]]:
        """What was said of a case's images so far, with the names of those who said it.

        Raises:
            NotFoundError: no such case at a site of theirs.
        """
        with self.worklist.database.read() as connection:
            found = found_in(connection, item_id, principal.sites_with(Permission.READ_WORKLIST))
            acts = store_finalisations.history(connection, found.worklist_item_id)
        return acts, self.worklist.people.names(store_finalisations.people_in(acts))

    def finalise(self, principal: Principal, item_id: str, *, instances: int, note: str = "") -> Listing:
        """Stand for a study's images: the right patient, sides and views, and all of them.

        ``instances`` is how many objects the technologist has looked at.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: not a technologist there.
            ConflictError: the site does not use this, images are on their way, others are here than were looked at,
                or whose images these are is not settled.
            RequestError: a comment without end.
        """
        note = _checked(note)
        with self.worklist.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            study = found.study
            principal.demand(Permission.FINALISE_IMAGES, study.site_id)
            self._demand_used(found)
            if study.images_state(moment=now()) != "complete":
                raise ConflictError("images of this study are still on their way", phase=_PHASE, remedy="wait for them")
            if instances != study.number_of_instances:
                raise ConflictError(
                    f"{study.number_of_instances} objects are here now, not {instances}",
                    phase=_PHASE,
                    remedy="look at all of them, then confirm again",
                )
            self.worklist.requests.demand_settled(connection, study.site_id, study.study_instance_uid)
            if found.images_finalised:
                raise ConflictError("these images are finalised already", phase=_PHASE)
            act = Finalisation("finalised", principal.person_id, now(), instances, note)
            store_finalisations.add(connection, item_id, act)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="case.images-finalised",
                site_id=study.site_id,
                subject=study.study_instance_uid,
                details={"instances": instances, "note": note},
            )
        return self.worklist.one(principal, item_id)

    def reopen(self, principal: Principal, item_id: str, *, reason: str) -> Listing:
        """Say that images which were confirmed are not the ones to be read after all.

        Raises:
            NotFoundError: no such case at a site of theirs.
            ForbiddenError: not a technologist there.
            ConflictError: nothing is finalised.
            RequestError: no reason.
        """
        reason = _checked(reason)
        if not reason:
            raise RequestError("finalised images are reopened for a reason", phase=_PHASE)
        with self.worklist.database.begin() as connection:
            found = found_in(connection, item_id, principal.site_ids, lock=True)
            study = found.study
            principal.demand(Permission.FINALISE_IMAGES, study.site_id)
            if not found.images_finalised:
                raise ConflictError("these images are not finalised", phase=_PHASE)
            act = Finalisation("reopened", principal.person_id, now(), study.number_of_instances, reason)
            store_finalisations.add(connection, item_id, act)
            hub_trail.append(
                connection,
                actor=principal.actor,
                event="case.images-reopened",
                site_id=study.site_id,
                subject=study.study_instance_uid,
                details={"instances": study.number_of_instances, "because": reason},
            )
        return self.worklist.one(principal, item_id)

    def _demand_used(self, found: WorklistItem) -> None:
        if not self.worklist.contracts.finalising_sites({found.study.site_id}):
            raise ConflictError(
                "images are not finalised at this site", phase=_PHASE, remedy="an administrator says so"
            )


def _checked(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_REMARK or any(ord(letter) < ord(" ") and letter not in "\n\t" for letter in text):
        raise RequestError(f"at most {LONGEST_REMARK} letters, and no control characters", phase=_PHASE)
    return text
