"""The hub that the browser's measurements open: phantom cases, whole and declared, and a reader's way in."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from dokuei.dicom.intake import intake
from dokuei.hub.app import Hub
from dokuei.hub.archive.model import Declared, Incoming, Manifest, Refused
from dokuei.hub.archive.reading import Scope
from dokuei.hub.events import Events
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.sites.model import Site
from dokuei.hub.worklist import store as worklist_store
from dokuei.storage.outbox import carry_out
from tests.makers.people import licence

SITE = "hospital"
_BATCH = 64
_ACTOR = "gateway:bench"


@dataclass(frozen=True)
class Opened:
    """A case that a browser is to open."""

    worklist_item_id: str
    study_instance_uid: str
    frames: int
    stored_bytes: int


def add_readers(hub: Hub, count: int) -> list[str]:
    """A hospital, and an enrolment link for each of so many readers: a browser enrols once."""
    hub.sites.add(Site(SITE, "計測病院"), actor="system")
    return [_link(hub, f"yomi{number}") for number in range(count)]


def _link(hub: Hub, user_name: str) -> str:
    grant = Grant(Role.READER, None)
    person = hub.identity.people.add(user_name=user_name, display_name="読影 医", grants=[grant], actor="system")
    licence(hub.identity, person, grant)
    code = hub.identity.people.link(person.person_id, actor="system")
    return f"{hub.settings.hub.url}/enrol#{code}"


def add_case(hub: Hub, sources: Sequence[Path]) -> Opened:
    """Code, store and declare one patient's objects as a gateway would; the newest study is the case."""
    folder = hub.archive.incoming_folder
    studies: set[str] = set()
    with ThreadPoolExecutor(2) as pool:
        for at in range(0, len(sources), _BATCH):
            batch = sources[at : at + _BATCH]
            incoming = list(pool.map(lambda source: _coded(folder, source), batch))
            studies |= {one.coded.study_instance_uid for one in incoming}
            refused = [
                one for one in hub.archive.store_instances(SITE, incoming, actor=_ACTOR) if isinstance(one, Refused)
            ]
            if refused:
                raise SystemExit(f"not stored: {refused[0].error}")
    for study in studies:
        _declare(hub, study)
    carry_out(hub.stores.database, Events(hub.archive, hub.worklist, hub.requests, hub.outcomes).handle)
    with hub.stores.database.read() as connection:
        items = [worklist_store.find_by_study(connection, SITE, study) for study in studies]
    newest = max((one for one in items if one is not None), key=lambda one: one.study.study_date)
    uid = newest.study.study_instance_uid
    coded = [one.coded for study in studies for one in hub.archive.instances(Scope(SITE, study))]
    return Opened(
        newest.worklist_item_id,
        uid,
        sum(len(one.frames) for one in coded),
        sum(frame.length for one in coded for frame in one.frames),
    )


def _coded(folder: Path, source: Path) -> Incoming:
    target = folder / uuid4().hex
    return Incoming(target, intake(source, target))


def _declare(hub: Hub, study: str) -> None:
    coded = [one.coded for one in hub.archive.instances(Scope(SITE, study))]
    counted = tuple(Declared(one.sop_instance_uid, len(one.frames), one.content_digest) for one in coded)
    signed_by = _ACTOR.removeprefix("gateway:")
    manifest = Manifest(study, signed_by, verified=True, document=b"{}", signature=b"", declared=counted)
    hub.archive.record_manifest(SITE, manifest, actor=_ACTOR)
