"""Thirty readers reach for the same hundred cases over real HTTP, on both databases: each case has one owner."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from dokuei.clock import now
from dokuei.hub.identity.model import principal_of_person
from dokuei.hub.worklist.model import Name, StudyFacts
from dokuei.hub.worklist.tables import holding
from dokuei.storage.audit import hub_entries, hub_trail
from tests.makers.archive import served
from tests.makers.at_once import together
from tests.makers.people import OWN_PAGE, READER_OF_KITA
from tests.makers.reading import ReadingRoom, reading_room

READERS = 30
CASES = 100
ROUNDS = 10


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def waiting_case(room: ReadingRoom, number: int) -> str:
    """A case as the archive's word lets it appear."""
    facts = StudyFacts(
        site_id="kita",
        study_instance_uid=f"1.2.3.{number}",
        patient_id=f"P{number}",
        issuer_of_patient_id="",
        patient_name=Name(),
        patient_birth_date="",
        patient_sex="F",
        study_date="20261130",
        study_time="",
        study_description="",
        accession_number="",
        referring_physician="",
        modalities=("MG",),
        number_of_series=4,
        number_of_instances=4,
        declared_instances=4,
        arrived_instances=4,
        complete=True,
        more_to_come=False,
        first_received_at=now(),
        last_received_at=now(),
    )
    item = room.worklist.study_changed(facts)
    assert item is not None
    return item


def test_thirty_readers_at_a_hundred_cases_leave_each_case_with_one_owner(room: ReadingRoom) -> None:
    cases = [waiting_case(room, number) for number in range(CASES)]
    cookies = [dict(room.reader(f"reader.{number}").cookies) for number in range(READERS)]
    answers: list[tuple[str, int, str]] = []
    begin = threading.Barrier(READERS)

    def click_through(number: int, url: str) -> None:
        start = number * 7 % CASES if number % 2 else 0
        order = cases[start:] + cases[:start]
        with httpx.Client(base_url=url, cookies=cookies[number], headers=OWN_PAGE, trust_env=False, timeout=60) as me:
            begin.wait(60)
            for case in order:
                answer = me.post(f"/api/v1/worklist/{case}/claim")
                holder = answer.json()["locked_by"]["person_id"] if answer.status_code == 200 else ""
                answers.append((case, answer.status_code, holder))

    with ExitStack() as stack:
        url = stack.enter_context(served(room.hub.app))
        threads = [threading.Thread(target=click_through, args=(number, url)) for number in range(READERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(100)
    assert Counter(status for _, status, _ in answers) == {200: CASES, 409: CASES * (READERS - 1)}
    owners = {case: holder for case, status, holder in answers if status == 200}
    with room.hub.database.read() as connection:
        kept = {row.worklist_item_id: row.person_id for row in connection.execute(select(holding))}
        claims = connection.execute(select(hub_entries).where(hub_entries.c.event == "case.claimed")).all()
        assert hub_trail.verify(connection).broken_at is None
    assert owners == kept, "who was told that a case is theirs has it, and nobody else was"
    assert len(claims) == CASES
    assert len(set(owners.values())) > 1, "they did reach for the same cases at the same time"


def test_a_case_that_is_claimed_while_its_images_go_is_taken_or_canceled_and_never_both(room: ReadingRoom) -> None:
    person = room.hub.person("reader.x", READER_OF_KITA)
    reader = principal_of_person(
        person_id=person.person_id,
        display_name="reader.x",
        grants=[READER_OF_KITA],
        known_site_ids=frozenset({"kita"}),
        session_id="",
    )
    for number in range(ROUNDS):
        case = waiting_case(room, number)
        gone = partial(room.worklist.study_gone, "kita", f"1.2.3.{number}", untouched_only=True)
        claimed, _ = together(partial(room.worklist.claim, reader, case), gone)
        with room.hub.database.read() as connection:
            found = room.worklist.case_in(connection, case, site_ids={"kita"})
        ended = (found.status, found.holdings[0].person_id)
        assert ended == (("in_progress", person.person_id) if claimed == "done" else ("canceled", None))
