"""A reading centre after a good year: requests, cases and what became of their reports, by the slices' own stores."""

import random
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from dokuei.clock import now
from dokuei.hub.app import Hub
from dokuei.hub.messages import store as messages_store
from dokuei.hub.messages.model import Case, MessageKind, Written
from dokuei.hub.messages.tables import message
from dokuei.hub.outcomes import store as outcomes_store
from dokuei.hub.outcomes.model import Signed
from dokuei.hub.outcomes.tables import mark, signed
from dokuei.hub.requests import store as requests_store
from dokuei.hub.requests import store_studies
from dokuei.hub.requests.model import Clinical, Code, Content, Link, Name, Patient, Study
from dokuei.hub.requests.tables import link, request, study, version
from dokuei.hub.sites.model import Site
from dokuei.hub.worklist import store as worklist_store
from dokuei.hub.worklist.model import Asked, Priority, ReadingRole, StudyFacts
from dokuei.hub.worklist.model import Name as CaseName
from dokuei.hub.worklist.tables import hold, holding, item

SITES = tuple(f"site-{number}" for number in range(5))
_ASKED_ABOUT = 0.1
_MADE = 2_000
_TABLES = (request, version, study, link, item, holding, hold, signed, mark, message)
_PATIENT = re.compile(r"\b00(\d{6})\b")
_NUMBER = re.compile(r"\b([AaPp])000(\d{5})\b")
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
    """So many requests with their cases, about ``unread`` of them open; the ids of the open cases.

    The first of them go through the stores; the others are their copies under other numbers, a little later.
    """
    chance = random.Random(11)  # noqa: S311 - a workload that is the same each time
    made = min(requests, _MADE)
    rounds = max(1, requests // made)
    with hub.stores.database.begin() as connection:
        for place in _places(made, unread // rounds):
            _one(connection, chance, place, readers)
        rows = {table: list(connection.execute(select(table)).mappings()) for table in _TABLES}
    for number in range(1, rounds):
        with hub.stores.database.begin() as connection:
            for table, some in rows.items():
                connection.execute(insert(table), [_copy(row, number) for row in some])
    with hub.stores.database.read() as connection:
        return list(connection.execute(select(item.c.worklist_item_id).where(item.c.status == "scheduled")).scalars())


def _places(made: int, unread: int) -> list[Place]:
    begin, step = now() - _YEAR, _YEAR / made
    return [
        Place(number, SITES[number % len(SITES)], begin + step * number, number < made - unread)
        for number in range(made)
    ]


def _copy(row: RowMapping, number: int) -> dict[str, Any]:
    """The same under another name: ids of their own, other order numbers, a few minutes later."""
    return {name: _changed(name, value, number) for name, value in row.items()}


def _changed(name: str, value: Any, number: int) -> Any:
    if isinstance(value, datetime):
        return None if name == "touched_at" else value + timedelta(seconds=97 * number)
    if not isinstance(value, str) or not value:
        return value
    renamed = {
        "worklist_item_id": f"n{number:03}{value[4:]}",
        "request_id": f"n{number:03}{value[4:]}",
        "message_id": f"n{number:03}{value[4:]}",
        "study_instance_uid": f"{value}.{number}",
        "patient_id": f"{number:02}{value[2:]}",
        "patient_key": f"{number}{value.zfill(6)}",
    }
    if name in {"accession_number", "placer_order_number", "document", "sought"}:
        numbered = _NUMBER.sub(lambda found: f"{found[1]}{number:03}{found[2]}", value)
        return _PATIENT.sub(lambda found: f"{number:02}{found[1]}", numbered)
    return renamed.get(name, value)


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
    if chance.random() < _ASKED_ABOUT:
        _talk(connection, place, item_id, reader=chance.choice(readers))
    if place.done:
        reader = chance.choice(readers)
        worklist_store.take(connection, item_id, ReadingRole.SOLE, person_id=reader)
        signed_at = place.at + timedelta(hours=3)
        worklist_store.mark_signed(connection, item_id, ReadingRole.SOLE, person_id=reader, at=signed_at)
        worklist_store.set_status(connection, item_id)
        _became(connection, chance, Signed(item_id, place.site_id, place.study_instance_uid, 1, signed_at))
    return item_id


def _talk(connection: Connection, place: Place, item_id: str, *, reader: str) -> None:
    case = Case(item_id, place.site_id, place.study_instance_uid)
    written = Written(uuid.uuid4().hex, MessageKind.NOTE, "右乳房の瘢痕は2019年の手術によるものでしょうか。")
    messages_store.add(connection, case, written, number=1, side="centre", author_id=reader, author_name="読影医")
    connection.execute(update(message).where(message.c.message_id == written.message_id).values(written_at=place.at))


def _became(connection: Connection, chance: random.Random, one: Signed) -> None:
    """Nearly all of what was signed was opened, and most of it acted on."""
    outcomes_store.add_signed(connection, one)
    if chance.random() < 0.998:
        outcomes_store.add_mark(connection, one, "opened", person_id="physician")
    if chance.random() < 0.9:
        outcomes_store.add_mark(connection, one, "acted", person_id="physician", note="外来で説明")


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
