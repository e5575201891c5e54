"""Every real file of the test data in the archive of a hub, each study a case that a reader can open.

Objects are admitted, coded and proved as a gateway's or STOW's are, and stored site by site: variants of one object,
and studies that files give to different patients, go to sites of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydicom.uid import generate_uid

from dokuei.dicom.coded import CodedInstance
from dokuei.dicom.intake import intake
from dokuei.errors import AdmissionError
from dokuei.hub.archive.model import Incoming, Refused
from dokuei.hub.neighbours import study_facts
from dokuei.hub.sites.model import Site
from tests.makers.browsed_hub import GATEWAY_ACTOR, BrowsedHub
from tests.makers.real_files import Outcome, rounds


@dataclass(frozen=True)
class RealObject:
    """A file that is in, and how it is stored."""

    outcome: Outcome
    coded: CodedInstance

    @property
    def study_instance_uid(self) -> str:
        """Its study, as the hub read it."""
        return self.coded.study_instance_uid

    @property
    def sop_instance_uid(self) -> str:
        """Its own UID, as the hub read it."""
        return self.coded.sop_instance_uid


@dataclass(frozen=True)
class RealCase:
    """A study of the test data at a site; ``item_id`` is None where there is nothing to read in it."""

    site_id: str
    study_instance_uid: str
    item_id: str | None
    objects: dict[str, RealObject]

    @property
    def name(self) -> str:
        """Where it comes from: the folder and a file of it."""
        first = next(iter(self.objects.values())).outcome
        return f"{first.category}: {first.path.name}"


def put_in(hub: BrowsedHub, outcomes: Sequence[Outcome]) -> list[RealCase]:
    """Store all that can be stored; why a file cannot be is noted in its outcome."""
    stored: dict[tuple[str, str], dict[str, RealObject]] = {}
    for number, one in enumerate(rounds(outcomes), 1):
        site_id = f"real-{number}"
        hub.hub.sites.add(Site(site_id, f"実データ病院 {number}"), actor="system")
        for found in _store(hub, site_id, one.outcomes):
            stored.setdefault((site_id, found.study_instance_uid), {})[found.sop_instance_uid] = found
    for site_id, study in stored:
        hub.declare(site_id, study)
    return [RealCase(site_id, study, _item(hub, site_id, study), held) for (site_id, study), held in stored.items()]


def _store(hub: BrowsedHub, site_id: str, outcomes: Sequence[Outcome]) -> Iterator[RealObject]:
    coded = [(outcome, one) for outcome in outcomes if (one := _coded(hub.folder, outcome)) is not None]
    answers = hub.hub.archive.store_instances(site_id, [one for _, one in coded], actor=GATEWAY_ACTOR)
    for answer, (outcome, one) in zip(answers, coded, strict=True):
        if isinstance(answer, Refused):
            outcome.hub = f"refused: {answer.error}"
        else:
            outcome.hub = "found"
            yield RealObject(outcome, one.coded)


def _coded(folder: Path, outcome: Outcome) -> Incoming | None:
    target = folder / f"{generate_uid()}.coded"
    try:
        return Incoming(target, intake(outcome.path, target))
    except AdmissionError as error:
        outcome.hub = f"refused: {error}"
        return None


def _item(hub: BrowsedHub, site_id: str, study: str) -> str | None:
    facts = study_facts(hub.hub.archive.study_summary(site_id, study))
    return hub.item(site_id, study) if facts.to_be_read else None
