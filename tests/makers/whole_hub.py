"""The whole hub as it is wired for readers, in the test's own process, with one study at one of its two sites."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from pydicom.dataset import Dataset

from dokuei.dicom.intake import intake
from dokuei.hub.app import Hub, open_hub, readers_app
from dokuei.hub.archive.model import Incoming
from dokuei.hub.events import Events
from dokuei.hub.identity.model import Grant, Role, Scope
from dokuei.hub.prepare import prepare_hub
from dokuei.hub.sites.model import Site
from dokuei.settings import read_settings
from dokuei.storage.outbox import carry_out
from tests.makers.asgi import AsgiTransport, asgi_portal
from tests.makers.authenticator import Authenticator
from tests.makers.displays import waive
from tests.makers.images import Series, write_series
from tests.makers.people import licence

OWN_PAGE = {"X-Dokuei-Request": "1"}
SERIES = Series(study=5, patient_id="KITA-0042")


@dataclass
class WholeHub:
    """The wired hub, its application for readers, and one study (``SERIES``) of the site ``kita``."""

    hub: Hub
    app: FastAPI
    portal: BlockingPortal
    folder: Path

    def coded(self, one: Dataset) -> Incoming:
        """An object as a gateway brings it."""
        file = self.folder / f"{one.SOPInstanceUID}.dcm"
        one.save_as(file, enforce_file_format=True)
        return _coded(file)

    def client(self, token: str | None = None) -> httpx.Client:
        """A client with a token, or with nothing."""
        headers = {**OWN_PAGE, **({"Authorization": f"Bearer {token}"} if token else {})}
        base = self.hub.settings.hub.url
        return httpx.Client(transport=AsgiTransport(self.app, self.portal), base_url=base, headers=headers, timeout=60)

    def token(self, site_id: str) -> str:
        """A DICOMweb token of a site."""
        return self.hub.identity.tokens.create(scope=Scope.DICOMWEB, site_id=site_id, label="test", actor="system")

    def signed_in(self, user_name: str, *grants: Grant) -> httpx.Client:
        """A browser in which somebody with these roles signed in by key."""
        person = self.hub.identity.people.add(
            user_name=user_name, display_name=user_name, grants=grants, actor="system"
        )
        licence(self.hub.identity, person, *grants)
        key = Authenticator(self.hub.settings.hub.url)
        code = self.hub.identity.people.link(person.person_id, actor="system")
        enrolments = self.hub.identity.enrolments
        enrolments.passkey(code, key.create(enrolments.passkey_options(code)), label="test key")
        client = self.client()
        options = client.post("/api/v1/sign-in/passkey/options", json={}).json()
        client.post("/api/v1/sign-in/passkey", json={"credential": key.get(options)}).raise_for_status()
        return client


def _coded(file: Path) -> Incoming:
    target = file.with_suffix(".coded")
    return Incoming(target, intake(file, target))


def ask(client: httpx.Client, method: str, path: str, body: dict[str, Any] | None) -> int:
    """What a route answers, as a status."""
    return client.request(method, path, json=body, headers={"If-Match": '"0"'}).status_code


@contextmanager
def whole_hub(folder: Path) -> Iterator[WholeHub]:
    """Two sites, ``kita`` with a study and a case, ``minami`` with nothing."""
    settings = read_settings(folder / "home", environment={"DOKUEI_HUB__HOST": "localhost"})
    prepare_hub(settings)
    hub = open_hub(settings)
    waive(hub.displays)
    for site_id, name in (("kita", "北病院"), ("minami", "南病院")):
        hub.sites.add(Site(site_id, name), actor="system")
    incoming = [_coded(file) for file in write_series(folder / "images", SERIES, 2)]
    hub.archive.store_instances("kita", incoming, actor="gateway:test")
    carry_out(hub.stores.database, Events(hub.archive, hub.worklist, hub.requests, hub.outcomes).handle)
    with asgi_portal() as portal:
        yield WholeHub(hub, readers_app(hub), portal, folder)
    hub.stores.database.close()


READER_OF_KITA = Grant(Role.READER, "kita")
READER_OF_MINAMI = Grant(Role.READER, "minami")
