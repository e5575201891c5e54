"""The people of the demo, after a start that was interrupted while it made them."""

import json
from pathlib import Path

import pytest

from dokuei.cli.demo import make_people
from dokuei.hub.app import open_hub
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.prepare import prepare_hub
from dokuei.hub.requests import store
from dokuei.hub.sites.model import Site
from dokuei.settings import Settings, read_settings


@pytest.fixture
def interrupted(tmp_path: Path) -> Settings:
    """A home whose first demo ended between the first person and the file that tells their passwords."""
    settings = read_settings(tmp_path, environment={})
    prepare_hub(settings)
    hub = open_hub(settings)
    hub.sites.add(Site("hospital", "病院"), actor="system")
    hub.identity.people.add(
        user_name="yomi", display_name="読影 よみ", grants=[Grant(Role.READER, None)], actor="system"
    )
    hub.stores.database.close()
    return settings


def test_a_later_start_makes_the_rest_and_passwords_that_are_known(interrupted: Settings) -> None:
    for _ in range(2):
        make_people(interrupted)
    told = json.loads((interrupted.home / "demo" / "people.json").read_text())
    hub = open_hub(interrupted)
    with hub.stores.database.read() as connection:
        requests = store.listed(connection, store.Wanted(), site_ids={"hospital"})
    can_sign_in = {one.person.user_name: one.can_sign_in for one in hub.identity.people.every()}
    hub.stores.database.close()
    assert [person["user_name"] for person in told] == ["yomi", "giken", "shuji", "kanri", "kansa"]
    assert can_sign_in == dict.fromkeys(("yomi", "giken", "shuji", "kanri", "kansa"), True)
    assert [one.state for one in requests] == ["waiting"] * 6, "each is placed once, and waits for its images"
    assert len({one.content.accession_number for one in requests}) == 6
