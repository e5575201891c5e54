"""Identity as the rest of the hub sees it: one value that holds its verbs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from dokuei.errors import NotSignedInError
from dokuei.hub.identity import store_people
from dokuei.hub.identity.access import Access, Guests, SiteNames
from dokuei.hub.identity.alerts import Alerts
from dokuei.hub.identity.binding import Binding
from dokuei.hub.identity.dormant import Dormant
from dokuei.hub.identity.enrolment import Enrolments
from dokuei.hub.identity.kept_here import BrowserKeys, browser_keys
from dokuei.hub.identity.model import CentreRules, Grant, Person, Principal
from dokuei.hub.identity.passkeys import RelyingParty
from dokuei.hub.identity.people import People
from dokuei.hub.identity.places import Places
from dokuei.hub.identity.proof import Confirmation, KeyProof, PasswordProof
from dokuei.hub.identity.qualifications import Qualifications
from dokuei.hub.identity.refusals import Refusals
from dokuei.hub.identity.role_requests import RoleRequests
from dokuei.hub.identity.rules import Rules
from dokuei.hub.identity.secrets import SecretBox
from dokuei.hub.identity.sign_in import SignIn
from dokuei.hub.identity.substitutes import Substitutes
from dokuei.hub.identity.tokens import Tokens
from dokuei.storage.db import Database

IDLE_LOCK = timedelta(minutes=10)


@dataclass(frozen=True)
class Myself:
    """What a page needs to know about the person in front of it."""

    person: Person
    grants: tuple[Grant, ...]
    sites: Mapping[str, str]
    sites_en: Mapping[str, str]


@dataclass(frozen=True)
class IdentityService:
    """People, what proves them, and what they may do; ``app.state.identity`` of the hub."""

    database: Database
    access: Access
    people: People
    tokens: Tokens
    enrolments: Enrolments
    sign_in: SignIn
    confirmation: Confirmation
    qualifications: Qualifications
    alerts: Alerts
    substitutes: Substitutes
    role_requests: RoleRequests
    dormant: Dormant
    rules: Rules
    places: Places
    refusals: Refusals
    site_names_en: SiteNames
    box: SecretBox

    def browser_keys(self, principal: Principal) -> BrowserKeys:
        """Keys of what the browser of this session keeps on its disk."""
        return browser_keys(self.box, principal)

    def myself(self, principal: Principal) -> Myself:
        """The person behind a session.

        Raises:
            NotSignedInError: the account is gone or locked.
        """
        today = self.access.today
        with self.database.read() as connection:
            person = store_people.active(connection, principal.person_id or "", today=today)
            if person is None:
                raise NotSignedInError("not signed in", phase="checking access", remedy="sign in")
            names = self.access.site_names(connection)
            return Myself(
                person=person,
                grants=store_people.grants(connection, person.person_id, today=today),
                sites={site_id: names[site_id] for site_id in sorted(principal.site_ids & set(names))},
                sites_en=self.site_names_en(connection),
            )

    @property
    def idle_lock_seconds(self) -> int:
        """After how long without work a session locks (AUTH-11)."""
        with self.database.read() as connection:
            return int(self.access.idle_lock_now(connection).total_seconds())


def identity_service(
    database: Database,
    *,
    site_names: SiteNames,
    site_names_en: SiteNames = lambda _connection: {},
    box: SecretBox,
    party: RelyingParty,
    idle_lock: timedelta = IDLE_LOCK,
    time_zone: str,
    roles_by_request: bool = False,
    facility_networks: tuple[str, ...] = (),
    guests: Guests = lambda _connection, _secret: None,
) -> IdentityService:
    """Wire identity from its parts."""
    access = Access(database, site_names, idle_lock, time_zone, Binding(box), guests)
    places = Places(database, facility_networks)
    rules = Rules(database, CentreRules(idle_lock_minutes=int(idle_lock.total_seconds() // 60)))
    keys, password = KeyProof(database, party), PasswordProof(database, box)
    substitutes = Substitutes(database, access)
    return IdentityService(
        database=database,
        access=access,
        people=People(database, access, by_request=roles_by_request),
        tokens=Tokens(database, access),
        enrolments=Enrolments(database, party, box, rules.policy, access),
        sign_in=SignIn(database, access, keys, password, substitutes, places, rules),
        confirmation=Confirmation(database, keys, password),
        qualifications=Qualifications(database, access),
        alerts=Alerts(database),
        substitutes=substitutes,
        role_requests=RoleRequests(database, access),
        dormant=Dormant(database, lambda: rules.present().dormant_days),
        rules=rules,
        places=places,
        refusals=Refusals(database),
        site_names_en=site_names_en,
        box=box,
    )


def relying_party(*, name: str, hub_url: str, more_origins: tuple[str, ...] = ()) -> RelyingParty:
    """What keys are bound to, from the hub's address (WebAuthn refuses addresses of digits: say ``localhost``)."""
    parts = urlsplit(hub_url)
    return RelyingParty(id=parts.hostname or "", name=name, origins=(f"{parts.scheme}://{parts.netloc}", *more_origins))


def first_administrator_link(people: People, *, hub_url: str) -> str | None:
    """The one-time link that ``dokuei up`` prints while nobody can administer yet."""
    code = people.first_administrator_code()
    return None if code is None else enrolment_link(hub_url, code)


def enrolment_link(hub_url: str, code: str) -> str:
    """Where the page behind a one-time code stands; browsers keep what follows # to themselves."""
    return f"{hub_url.rstrip('/')}/enrol#{code}"
