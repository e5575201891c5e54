"""People with real credentials on a small hub of their own: identity and sites behind HTTP, nothing simulated."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pyotp
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from sqlalchemy import select

from dokuei.hub.identity import api as identity_api
from dokuei.hub.identity.guard import note_refusal
from dokuei.hub.identity.model import Grant, Person, Role
from dokuei.hub.identity.qualification import ReaderProfile, Speciality
from dokuei.hub.identity.secrets import secret_box
from dokuei.hub.identity.service import IdentityService, identity_service, relying_party
from dokuei.hub.problems import answer_with_problems
from dokuei.hub.sites import store as sites_store
from dokuei.hub.sites.model import Site
from dokuei.hub.sites.service import SitesService
from dokuei.storage.audit import hub_entries
from dokuei.storage.db import Database, hub_metadata, open_database, sqlite_url
from tests.makers.asgi import AsgiTransport, asgi_portal
from tests.makers.authenticator import Authenticator

ORIGIN = "http://localhost:8080"
OWN_PAGE = {"X-Dokuei-Request": "1"}
GOOD_PASSWORD = "Kumo-ga-tobu 7 hashi"


@dataclass
class SmallHub:
    """A hub with two sites, and verbs to fill it with people."""

    database: Database
    identity: IdentityService
    sites: SitesService
    app: FastAPI
    portal: BlockingPortal

    def events(self) -> list[str]:
        """The names of everything in the audit trail, in its order."""
        with self.database.read() as connection:
            rows = connection.execute(select(hub_entries.c.event).order_by(hub_entries.c.sequence))
            return [row.event for row in rows]

    def client(self) -> httpx.Client:
        """A browser that has not signed in."""
        return httpx.Client(transport=AsgiTransport(self.app, self.portal), base_url=ORIGIN, headers=OWN_PAGE)

    def person(self, user_name: str, *grants: Grant) -> Person:
        """Somebody with roles and no way to sign in yet."""
        person = self.identity.people.add(
            user_name=user_name, display_name=f"人 {user_name}", grants=grants, actor="system"
        )
        licence(self.identity, person, *grants)
        return person

    def key_of(self, person: Person, *, synced: bool = False) -> Authenticator:
        """Enrol a key for somebody through the service."""
        key = Authenticator(ORIGIN, synced=synced)
        code = self.identity.people.link(person.person_id, actor="system")
        made = key.create(self.identity.enrolments.passkey_options(code))
        self.identity.enrolments.passkey(code, made, label="test key")
        return key

    def password_of(self, person: Person, password: str = GOOD_PASSWORD) -> pyotp.TOTP:
        """Enrol password and code app for somebody; the code used for it is one step old, so that a fresh one fits."""
        code = self.identity.people.link(person.person_id, actor="system")
        secret = pyotp.TOTP(self.identity.enrolments.password(code, password).secret)
        self.identity.enrolments.confirm(code, one_step_ago(secret))
        return secret

    def signed_in(self, user_name: str, *grants: Grant) -> httpx.Client:
        """A browser in which somebody with these roles has signed in by key."""
        key = self.key_of(self.person(user_name, *grants))
        client = self.client()
        assert sign_in(client, key).status_code == 200
        return client


LICENSED = ReaderProfile(licence_number="123456", specialities=(Speciality("放射線診断専門医"),))


def licence(identity: IdentityService, person: Person, *grants: Grant) -> None:
    """Whoever reads is a physician: the licence is on record."""
    if any(grant.role is Role.READER for grant in grants):
        identity.qualifications.record(person.person_id, LICENSED, actor="system")


def one_step_ago(secret: pyotp.TOTP) -> str:
    """A code that still fits and leaves the present one unused."""
    return secret.at(int(time.time()) - 30)


def sign_in(client: httpx.Client, key: Authenticator, *, origin: str | None = None) -> httpx.Response:
    """Sign in by key over HTTP."""
    options = client.post("/api/v1/sign-in/passkey/options", json={}).json()
    return client.post("/api/v1/sign-in/passkey", json={"credential": key.get(options, origin=origin)})


@contextmanager
def small_hub(
    folder: Path,
    *,
    url: str | None = None,
    idle_lock: timedelta = timedelta(minutes=10),
    roles_by_request: bool = False,
    time_zone: str = "Asia/Tokyo",
) -> Iterator[SmallHub]:
    """Two sites, ``kita`` and ``minami``; SQLite unless another database is given."""
    database = open_database(url or sqlite_url(folder / "hub.sqlite"))
    hub_metadata.create_all(database.engine)
    sites = SitesService(database)
    for site_id, name, name_en in (("kita", "北病院", "Kita Hospital"), ("minami", "南病院", "")):
        sites.add(Site(site_id, name, name_en), actor="system")
    identity = identity_service(
        database,
        site_names=sites_store.names,
        site_names_en=sites_store.names_en,
        box=secret_box(folder / "secret.key"),
        party=relying_party(name="読影センター", hub_url=ORIGIN),
        idle_lock=idle_lock,
        time_zone=time_zone,
        roles_by_request=roles_by_request,
    )
    app = FastAPI()
    app.state.identity = identity
    answer_with_problems(app, note_refusal)
    app.include_router(identity_api.routes(identity))
    with asgi_portal() as portal:
        yield SmallHub(database, identity, sites, app, portal)
    database.close()


READER_OF_KITA = Grant(Role.READER, "kita")
