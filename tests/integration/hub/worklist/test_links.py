"""A link in the hospital's system: a number leads a person of the site to the case, a stranger to nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dokuei.hub.identity.model import Grant, Role
from tests.makers.reading import ReadingRoom, reading_room

_AT = "/api/v1/case-links"


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[ReadingRoom]:
    with reading_room(tmp_path, url=database_url) as made:
        yield made


def test_a_number_leads_to_the_cases_of_ones_own_sites_alone(room: ReadingRoom) -> None:
    here = room.mammogram_case(AccessionNumber="ACC-7")
    there = room.mammogram_case(site_id="minami", AccessionNumber="ACC-7")
    doctor = room.reader("shujii", Grant(Role.REFERRING_PHYSICIAN, "kita"))
    (found,) = doctor.get(_AT, params={"accession_number": "ACC-7"}).json()
    assert found["worklist_item_id"] == here
    assert set(found) == {"worklist_item_id", "site_name", "study_date", "modalities", "study_description"}
    study = doctor.get(f"/api/v1/worklist/{here}").json()["study_instance_uid"]
    assert doctor.get(_AT, params={"study_instance_uid": study}).json() == [found]
    for asked in ({"accession_number": "ACC-8"}, {"accession_number": "ACC-7", "site_id": "minami"}):
        assert doctor.get(_AT, params=asked).status_code == 404
    assert doctor.get(_AT).status_code == 400
    both = room.reader("reader.a", Grant(Role.READER, None))
    listed = both.get(_AT, params={"accession_number": "ACC-7"}).json()
    assert {one["worklist_item_id"] for one in listed} == {here, there}
    assert room.hub.events().count("case.link-followed") == 4
    assert room.hub.client().get(_AT, params={"accession_number": "ACC-7"}).status_code == 401
