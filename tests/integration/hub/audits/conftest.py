"""A whole hub whose trail has something to tell, and auditors in front of it."""

from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from dokuei.hub.identity.model import Grant, Role
from tests.makers.whole_hub import READER_OF_KITA, SERIES, WholeHub, whole_hub

CHIEF = Grant(Role.AUDITOR, None)
OF_KITA = Grant(Role.AUDITOR, "kita")
OF_MINAMI = Grant(Role.AUDITOR, "minami")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        with closing(running.signed_in("reader.kita", READER_OF_KITA)) as reader:
            path = f"/api/v1/sites/kita/studies/{SERIES.study_instance_uid}/images"
            assert reader.get(path).status_code == 200
            assert reader.get("/api/v1/worklist").status_code == 200
        yield running


@pytest.fixture(scope="module")
def chief(hub: WholeHub) -> Iterator[httpx.Client]:
    with closing(hub.signed_in("kansa", CHIEF)) as client:
        yield client
