"""A reading centre after a good year: requests, cases and what became of their reports, by the slices' own stores."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from dokuei.clock import now
from dokuei.hub.app import Hub
from dokuei.hub.outcomes import store as outcomes_store
from dokuei.hub.outcomes.model import Signed
from dokuei.hub.requests import store as requests_store
from dokuei.hub.requests import store_studies
from dokuei.hub.requests.model import Clinical, Code, Content, Link, Name, Patient, Study
from dokuei.hub.requests.tables import request
from dokuei.hub.sites.model import Site
from dokuei.hub.worklist import store as worklist_store
from dokuei.hub.worklist.model import Asked, Priority, ReadingRole, StudyFacts
from dokuei.hub.worklist.model import Name as CaseName

SITES = tuple(f"site-{number}" for number in range(5))
_BLOCK = 2_000
_YEAR = timedelta(days=365)
_MODALITIES = (("MG",), ("MG",), ("MG",), ("US",), ("MR",), ("PT", "CT"))
_FAMILY = (
    ("Sato", "佐藤", "サトウ"),
    ("Suzuki", "鈴木", "スズキ"),
    ("Takahashi", "髙橋", "タカハシ"),
    ("Ito", "伊藤", "イトウ"),
)
_GIVEN = (
    ("Hanako", "花子", "ハナコ"),
    ("Yoko", "陽子", "ヨウコ"),
    ("Misaki", "美咲", "ミサキ"),
    ("Keiko", "恵子", "ケイコ"),
)


@dataclass(frozen=True)
class Place:
    """Where one request stands: its number, its site, when it came, and whether its report is signed."""

    number: int
    site_id: str
    at: datetime
    done: bool

    @property
    def study_instance_uid(self) -> str:
        """The study that it is about."""
        return f"1.2.392.200036.9.{self.number + 1}"


def add_sites(hub: Hub) -> None:
    """The hospitals."""
    for number, site_id in enumerate(SITES):
        hub.sites.add(Site(site_id, f"第{number + 1}病院", f"Hospital {number + 1}"), actor="system")


def fill(hub: Hub, *, requests: int, unread: int, readers: list[str]) -> list[str]:
    """So many requests with their cases, the last ``unread`` of them open; the ids of the open cases."""
    chance = random.Random(11)  # noqa: S311 - a workload that is the same each time
    waiting: list[str] = []
    for block in _blocks(requests, unread):
        with hub.stores.database.begin() as connection:
            for place in block:
                item_id = _one(connection, chance, place, readers)
                waiting += [] if place.done else [item_id]
    return waiting


def _blocks(requests: int, unread: int) -> Iterator[list[Place]]:
    begin, step = now() - _YEAR, _YEAR / requests
    for block in range(0, requests, _BLOCK):
        yield [
            Place(number, SITES[number % len(SITES)], begin + step * number, number < requests - unread)
            for number in range(block, min(block + _BLOCK, requests))
        ]


def _one(connection: Connection, chance: random.Random, place: Place, readers: list[str]) -> str:
    content = _content(chance, place)
    placed = requests_store.add(
        connection, place.site_id, content, source="hl7", actor="gateway:bench", actor_name="bench"
    )
    connection.execute(
        update(request)
        .where(request.c.request_id == placed.request_id)
        .values(placed_at=place.at, changed_at=place.at, state="matched")
    )
    store_studies.put_study(connection, _study(place, content))
    requests_store.put_links(connection, placed, [Link(place.study_instance_uid, "matched")])
    item_id, _ = worklist_store.put_study(connection, _facts(place, content), roles=[ReadingRole.SOLE])
    worklist_store.set_asked(connection, item_id, Asked("matched", "", Priority.ROUTINE, content.due_at))
    if place.done:
        reader = chance.choice(readers)
        worklist_store.take(connection, item_id, ReadingRole.SOLE, person_id=reader)
        signed_at = place.at + timedelta(hours=3)
        worklist_store.mark_signed(connection, item_id, ReadingRole.SOLE, person_id=reader, at=signed_at)
        worklist_store.set_status(connection, item_id)
        _became(connection, chance, Signed(item_id, place.site_id, place.study_instance_uid, 1, signed_at))
    return item_id


def _became(connection: Connection, chance: random.Random, signed: Signed) -> None:
    """Nearly all of what was signed was opened, and most of it acted on."""
    outcomes_store.add_signed(connection, signed)
    if chance.random() < 0.98:
        outcomes_store.add_mark(connection, signed, "opened", person_id="physician")
    if chance.random() < 0.9:
        outcomes_store.add_mark(connection, signed, "acted", person_id="physician", note="外来で説明")


def _content(chance: random.Random, place: Place) -> Content:
    family, given = chance.choice(_FAMILY), chance.choice(_GIVEN)
    patient_number = place.number if place.number < 1_000 else chance.randrange(place.number)  # many come every year
    return Content(
        due_at=place.at + timedelta(days=2),
        accession_number=f"A{place.number:08}",
        placer_order_number=f"P{place.number:08}",
        patient=Patient(
            patient_id=f"{patient_number // len(SITES):08}",
            name=Name(f"{family[0]}^{given[0]}", f"{family[1]}^{given[1]}", f"{family[2]}^{given[2]}"),
            birth_date="19650412",
            sex="F",
        ),
        modality=_MODALITIES[place.number % len(_MODALITIES)][0],
        examination_date=place.at.strftime("%Y%m%d"),
        procedure=Code("2000000000000000", "JJ1017", "乳房撮影"),
        requesting_physician="山田^太郎",
        requesting_department="乳腺外科",
        clinical=Clinical(
            reason="検診要精査",
            question="右乳房上外側の石灰化の良悪性について御評価をお願いいたします。",
            history="2019年 左乳腺線維腺腫。家族歴なし。",
            menstruation="post",
            implants="none",
        ),
    )


def _study(place: Place, content: Content) -> Study:
    return Study(
        place.site_id,
        place.study_instance_uid,
        content.patient,
        content.accession_number,
        "",
        content.examination_date,
        "Mammography 4 views",
        _MODALITIES[place.number % len(_MODALITIES)],
    )


def _facts(place: Place, content: Content) -> StudyFacts:
    name = content.patient.name
    return StudyFacts(
        site_id=place.site_id,
        study_instance_uid=place.study_instance_uid,
        patient_id=content.patient.patient_id,
        issuer_of_patient_id="",
        patient_name=CaseName(name.alphabetic, name.ideographic, name.phonetic),
        patient_birth_date=content.patient.birth_date,
        patient_sex=content.patient.sex,
        study_date=content.examination_date,
        study_time="101500",
        study_description="Mammography 4 views",
        accession_number=content.accession_number,
        referring_physician="山田^太郎",
        modalities=_MODALITIES[place.number % len(_MODALITIES)],
        number_of_series=4,
        number_of_instances=4,
        declared_instances=4,
        arrived_instances=4,
        complete=True,
        more_to_come=False,
        first_received_at=place.at,
        last_received_at=place.at,
    )
