"""Many at once, on both databases: whatever comes first, a mismatch is not read past and nothing is lost."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from dokuei.errors import ConflictError
from dokuei.hub.identity.model import Grant, Principal, Role, principal_of_person
from dokuei.hub.neighbours import asked_study
from dokuei.hub.requests import store
from dokuei.hub.requests.model import Content, Name, Patient
from dokuei.hub.requests.notices import Notice, Ordered
from dokuei.hub.requests.placing import Author
from tests.makers.at_once import together
from tests.makers.reading import ReadingRoom, reading_room
from tests.makers.requests import view

HERS = Patient("P1", "", Name("", "山田^花子", "ヤマダ^ハナコ"), "19700101", "F")
OTHER = Patient("P2", "", Name("", "鈴木^順", "スズキ^ジュン"), "19800101", "F")
ROUNDS = 6


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def somebody(room: ReadingRoom, name: str, role: Role) -> Principal:
    person = room.hub.person(name, Grant(role, "kita"))
    return principal_of_person(
        person_id=person.person_id,
        display_name=name,
        grants=[Grant(role, "kita")],
        known_site_ids=frozenset({"kita", "minami"}),
        session_id="",
    )


def test_a_claim_while_a_mismatch_appears_is_either_before_it_or_refused(room: ReadingRoom) -> None:
    """REC-10: in whichever order the database takes them, nobody signs what is not settled."""
    staff, reader = somebody(room, "staff.x", Role.SITE_STAFF), somebody(room, "reader.x", Role.READER)
    for number in range(ROUNDS):
        item = room.take_in(view(AccessionNumber=f"B-{number}"))
        content = Content(patient=OTHER, accession_number=f"B-{number}")
        outcomes = together(
            partial(room.worklist.claim, reader, item),
            partial(room.requests.placing.place, staff, "kita", content, source="portal"),
        )
        assert outcomes[1] == "done"
        assert outcomes[0] in {"done", "conflict"}
        with pytest.raises(ConflictError):
            room.worklist.claim(reader, item)


def test_a_request_and_its_study_that_come_at_once_are_joined(room: ReadingRoom) -> None:
    staff = somebody(room, "staff.x", Role.SITE_STAFF)
    for number in range(ROUNDS):
        one = view(AccessionNumber=f"C-{number}")
        room.archive.store_instances("kita", [room.coded(one)], actor="gateway:1")
        study = asked_study(room.archive.study_summary("kita", str(one.StudyInstanceUID)))
        content = Content(patient=HERS, accession_number=f"C-{number}")
        together(
            partial(room.requests.study_changed, study),
            partial(room.requests.placing.place, staff, "kita", content, source="portal"),
        )
    room.carry_out()
    counted = room.requests.list(staff).counts
    assert (counted["matched"], counted["waiting"]) == (ROUNDS, 0)


def test_of_two_requests_that_come_at_once_for_one_study_one_wants_a_decision(room: ReadingRoom) -> None:
    staff = somebody(room, "staff.x", Role.SITE_STAFF)
    for number in range(ROUNDS):
        room.take_in(view(AccessionNumber=f"D-{number}"))
        content = Content(patient=HERS, accession_number=f"D-{number}")
        place = partial(room.requests.placing.place, staff, "kita", content, source="portal")
        assert together(place, place) == ["done", "done"]
    counted = room.requests.list(staff).counts
    assert (counted["matched"], counted["mismatch"]) == (ROUNDS, ROUNDS)


def test_one_message_told_by_many_lines_at_once_is_one_request(room: ReadingRoom) -> None:
    author = Author("gateway:1", "g")
    outcomes: list[str] = []
    for number in range(ROUNDS):
        content = Content(patient=HERS, placer_order_number=f"N-{number}")
        notice = Notice(f"k{number}", "hl7", datetime.now(UTC), Ordered("new", content))

        def tell(notice: Notice = notice) -> None:
            outcomes.append(room.requests.notices.take("kita", notice, author=author)[0])

        assert together(tell, tell, tell) == ["done"] * 3
    assert Counter(outcomes) == {"taken": ROUNDS, "known": 2 * ROUNDS}
    with room.hub.database.read() as connection:
        assert len(store.listed(connection, store.Wanted(), site_ids={"kita"})) == ROUNDS


def test_of_changes_made_over_one_version_one_holds(room: ReadingRoom) -> None:
    staff = somebody(room, "staff.x", Role.SITE_STAFF)
    content = Content(patient=HERS, accession_number="E")
    known = room.requests.placing.place(staff, "kita", content, source="portal")
    acts = [
        partial(
            room.requests.placing.change,
            staff,
            known.request_id,
            replace(content, requesting_department=str(number)),
            expected_version=1,
        )
        for number in range(6)
    ]
    assert Counter(together(*acts)) == {"done": 1, "stale": 5}
    assert room.requests.one(staff, known.request_id).request.version == 2
