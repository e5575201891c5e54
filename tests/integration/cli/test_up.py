"""What ``dokuei up`` prints once everything answers."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from dokuei.cli.endpoints import write_endpoints
from dokuei.cli.ports import Ports
from dokuei.cli.start import Started
from dokuei.cli.supervise import Supervisor
from dokuei.cli.up import tell
from dokuei.hub.app import open_hub
from dokuei.hub.prepare import prepare_hub
from dokuei.settings import Settings, read_settings
from tests.makers.authenticator import Authenticator


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A hub that is prepared, and says that it answers."""
    made = read_settings(tmp_path / "home", environment={"DOKUEI_HUB__HOST": "localhost"})
    prepare_hub(made)
    write_endpoints(
        made.home, {"hub": made.hub.url, "dicomweb": f"{made.hub.url}/dicom-web", "ca": None, "gateway": None}
    )
    return made


def printed(settings: Settings, capsys: pytest.CaptureFixture[str]) -> str | None:
    """The first administrator's code, where one is printed."""
    tell(Started(settings, Ports(), Supervisor(settings.home), ("hub",)))
    out = capsys.readouterr().out
    found = re.search(rf"^first administrator: {re.escape(settings.hub.url)}/enrol#(\S+)$", out, re.MULTILINE)
    assert ("first administrator" in out) == (found is not None), out
    return None if found is None else found[1]


def test_the_first_administrators_link_is_printed_until_there_is_one(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = printed(settings, capsys), printed(settings, capsys)
    assert first is not None
    assert second not in {None, first}
    hub = open_hub(settings)
    with closing(hub.stores.database):
        enrolments, key = hub.identity.enrolments, Authenticator(settings.hub.url)
        enrolments.passkey(second, key.create(enrolments.passkey_options(second)), label="")
    assert printed(settings, capsys) is None
