"""Who may do what, where: roles give permissions at sites, and what no role gives is denied (AUTH-13)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from dokuei.errors import ForbiddenError, NotFoundError, RequestError

Language = Literal["ja", "en"]
EMERGENCY = "emergency"

_USER_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_SHARED_NAMES = frozenset(
    {"shared", "share", "common", "everyone", "guest", "generic", "group", "kyoyu", "kyotsu", EMERGENCY}
)


def user_name_as_typed(text: str) -> str:
    """One spelling for what people type: full width and capitals make no other account."""
    return unicodedata.normalize("NFKC", text).strip().lower()


class Permission(StrEnum):
    """One thing that somebody may do."""

    READ_IMAGES = "images.read"
    STORE_IMAGES = "images.store"
    READ_WORKLIST = "worklist.read"
    CLAIM_CASE = "worklist.claim"
    FINALISE_IMAGES = "images.finalise"
    READ_REPORT = "report.read"
    WRITE_REPORT = "report.write"
    SIGN_REPORT = "report.sign"
    ACKNOWLEDGE_REPORT = "report.acknowledge"
    PLACE_REQUEST = "request.place"
    READ_REQUEST = "request.read"
    RECONCILE = "request.reconcile"
    MANAGE_SCREENING = "screening.manage"
    READ_MESSAGES = "messages.read"
    WRITE_MESSAGES = "messages.write"
    READ_GATEWAYS = "gateways.read"
    MANAGE_GATEWAYS = "gateways.manage"
    READ_SITE = "site.read"
    KEEP_CONTACTS = "site.contacts"
    MANAGE_DISPLAYS = "displays.manage"
    ADMINISTER = "administer"
    READ_AUDIT = "audit.read"
    USE_FHIR = "fhir.use"
    READ_METRICS = "metrics.read"


class Role(StrEnum):
    """What somebody is at a site or in the reading centre."""

    READER = "reader"
    RESIDENT = "resident"
    CLERK = "clerk"
    SITE_STAFF = "site_staff"
    TECHNOLOGIST = "technologist"
    REFERRING_PHYSICIAN = "referring_physician"
    ADMINISTRATOR = "administrator"
    MAINTAINER = "maintainer"
    AUDITOR = "auditor"
    DISPLAY_MANAGER = "display_manager"


_P = Permission
_ASKING = frozenset({_P.PLACE_REQUEST, _P.READ_REQUEST})
_TALK = (_P.READ_MESSAGES, _P.WRITE_MESSAGES)
ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.READER: frozenset(
            {
                _P.READ_IMAGES,
                _P.READ_WORKLIST,
                _P.CLAIM_CASE,
                _P.READ_REPORT,
                _P.WRITE_REPORT,
                _P.SIGN_REPORT,
                _P.READ_REQUEST,
                _P.READ_GATEWAYS,
                *_TALK,
            }
        ),
        Role.RESIDENT: frozenset(
            {
                _P.READ_IMAGES,
                _P.READ_WORKLIST,
                _P.CLAIM_CASE,
                _P.READ_REPORT,
                _P.WRITE_REPORT,
                _P.READ_REQUEST,
                _P.READ_GATEWAYS,
                *_TALK,
            }
        ),
        Role.CLERK: frozenset(
            {
                _P.READ_WORKLIST,
                _P.READ_REPORT,
                _P.WRITE_REPORT,
                *_ASKING,
                *_TALK,
                _P.RECONCILE,
                _P.MANAGE_SCREENING,
            }
        ),
        Role.SITE_STAFF: frozenset(
            {
                _P.READ_WORKLIST,
                _P.READ_REPORT,  # 既読 and 対応済 are the physician's: a clerk's glance hides nothing unread
                *_ASKING,
                *_TALK,
                _P.RECONCILE,
                _P.MANAGE_SCREENING,
                _P.READ_GATEWAYS,
                _P.READ_SITE,
                _P.KEEP_CONTACTS,
            }
        ),
        Role.TECHNOLOGIST: frozenset(
            {
                _P.READ_IMAGES,
                _P.STORE_IMAGES,
                _P.FINALISE_IMAGES,
                _P.READ_WORKLIST,
                *_ASKING,
                *_TALK,
                _P.RECONCILE,
                _P.READ_GATEWAYS,
            }
        ),
        Role.REFERRING_PHYSICIAN: frozenset(
            {_P.READ_IMAGES, _P.READ_WORKLIST, _P.READ_REPORT, _P.ACKNOWLEDGE_REPORT, *_ASKING, *_TALK}
        ),
        Role.ADMINISTRATOR: frozenset(
            {
                _P.ADMINISTER,
                _P.READ_GATEWAYS,
                _P.MANAGE_GATEWAYS,
                _P.MANAGE_SCREENING,
                _P.MANAGE_DISPLAYS,
                _P.READ_SITE,
                _P.KEEP_CONTACTS,
            }
        ),
        Role.MAINTAINER: frozenset({_P.READ_GATEWAYS}),
        Role.AUDITOR: frozenset({_P.READ_AUDIT}),
        Role.DISPLAY_MANAGER: frozenset({_P.MANAGE_DISPLAYS}),
    }
)


LOOKING: frozenset[Permission] = frozenset(
    {_P.READ_IMAGES, _P.READ_WORKLIST, _P.READ_REPORT, _P.READ_REQUEST, _P.READ_MESSAGES}
)


class Scope(StrEnum):
    """What an API token is for."""

    DICOMWEB = "dicomweb"
    DICOMWEB_READ = "dicomweb-read"
    FHIR = "fhir"
    METRICS = "metrics"


SCOPE_PERMISSIONS: Mapping[Scope, frozenset[Permission]] = MappingProxyType(
    {
        Scope.DICOMWEB: frozenset({_P.READ_IMAGES, _P.STORE_IMAGES}),
        Scope.DICOMWEB_READ: frozenset({_P.READ_IMAGES}),
        Scope.FHIR: frozenset({_P.USE_FHIR}),
        Scope.METRICS: frozenset({_P.READ_METRICS}),
    }
)


@dataclass(frozen=True)
class Grant:
    """A role at one site; ``site_id`` None is the reading centre: every site of the register."""

    role: Role
    site_id: str | None


@dataclass(frozen=True)
class Person:
    """One individual; an account that several share cannot be made (AUTH-01)."""

    person_id: str
    user_name: str
    display_name: str
    display_name_kana: str = ""
    language: Language = "ja"
    birth_date: date | None = None
    affiliation_site_id: str | None = None
    ends_on: date | None = None
    locked_at: datetime | None = None


def checked_person(person: Person) -> Person:
    """Refuse an account that names nobody, or everybody.

    Raises:
        RequestError: with the reason.
    """
    wrong = None
    if not _USER_NAME.fullmatch(person.user_name):
        wrong = "a user name is 2 to 64 letters, digits, points, hyphens and underscores"
    elif person.user_name.strip("0123456789._-") in _SHARED_NAMES:
        wrong = "one account is one individual: this name says that several would share it"
    elif not person.display_name.strip():
        wrong = "a person needs a name"
    if wrong:
        raise RequestError(wrong, phase="adding a person")
    return person


@dataclass(frozen=True)
class Principal:
    """Somebody, known for certain, and all that this somebody may do.

    ``actor`` is ``person:<id>``, ``token:<id>``, ``gateway:<id>`` or ``system``. ``permissions`` is the union over
    all sites: it opens a door but no site; ask ``may`` or ``sites_with``. Without ``site_permissions`` the
    permissions hold at each of ``site_ids``. ``centre_permissions`` come from roles in the reading centre: what
    belongs to no site (people, tokens, audit) asks for these. ``only_study``: nothing but this study is opened by it.
    """

    actor: str
    person_id: str | None
    display_name: str
    permissions: frozenset[Permission]
    site_ids: frozenset[str]
    site_permissions: Mapping[str, frozenset[Permission]] = field(default_factory=dict)
    centre_permissions: frozenset[Permission] = frozenset()
    session_id: str | None = None
    only_study: str | None = None

    def may(self, permission: Permission, site_id: str) -> bool:
        """Whether this is allowed at that site."""
        if site_id not in self.site_ids:
            return False
        return permission in self.site_permissions.get(site_id, self.permissions)

    def sites_with(self, permission: Permission) -> frozenset[str]:
        """The sites at which this is allowed: what every list query is scoped by."""
        return frozenset(site_id for site_id in self.site_ids if self.may(permission, site_id))

    def demand(self, permission: Permission, site_id: str) -> None:
        """Refuse unless allowed at that site; a foreign site looks exactly like one that does not exist.

        Raises:
            NotFoundError: no such site for this somebody.
            ForbiddenError: the site is known, the permission is missing.
        """
        if site_id not in self.site_ids:
            raise NotFoundError("nothing here", phase="checking access")
        if not self.may(permission, site_id):
            raise ForbiddenError(
                f"this needs the permission {permission.value}", phase="checking access", remedy="ask an administrator"
            )


SYSTEM = Principal(actor="system", person_id=None, display_name="dokuei", permissions=frozenset(), site_ids=frozenset())


def principal_of_person(
    *,
    person_id: str,
    display_name: str,
    grants: Iterable[Grant],
    known_site_ids: frozenset[str],
    session_id: str | None,
    within: frozenset[Permission] = frozenset(Permission),
) -> Principal:
    """What a person may do: at each site the roles held there and those held in the reading centre.

    ``within`` is all that this way in allows: the emergency account looks, and does nothing (AUTH-16).
    """
    at_site: dict[str, frozenset[Permission]] = {}
    union: frozenset[Permission] = frozenset()
    centre: frozenset[Permission] = frozenset()
    for grant in grants:
        given = ROLE_PERMISSIONS[grant.role] & within
        union |= given
        centre |= given if grant.site_id is None else frozenset()
        for site_id in known_site_ids if grant.site_id is None else known_site_ids & {grant.site_id}:
            at_site[site_id] = at_site.get(site_id, frozenset()) | given
    return Principal(
        actor=f"person:{person_id}",
        person_id=person_id,
        display_name=display_name,
        permissions=union,
        site_ids=frozenset(at_site),
        site_permissions=at_site,
        centre_permissions=centre,
        session_id=session_id,
    )


class PasswordForm(StrEnum):
    """The three password policies that the guideline takes (AUTH-02)."""

    LONG = "long"
    SECOND_FACTOR = "second_factor"
    CHANGED = "changed"


@dataclass(frozen=True)
class CentreRules:
    """What an administrator of the centre sets: passwords, when pages lock, when an account counts as dormant."""

    password_form: PasswordForm = PasswordForm.SECOND_FACTOR
    password_length: int = 8
    password_days: int = 60
    idle_lock_minutes: int = 10
    dormant_days: int = 90


@dataclass(frozen=True)
class Session:
    """An open session, as its owner sees it in the list."""

    session_id: str
    person_id: str
    method: str
    created_at: datetime
    last_seen_at: datetime
    address: str
    user_agent: str
    expires_at: datetime | None = None
    place: str = ""
    device_key: str | None = None


@dataclass(frozen=True)
class RoleRequest:
    """Who wants what for whom, and how far it has come: requested, refused, granted, confirmed or rejected."""

    request_id: str
    person_id: str
    wanted: Grant
    ends_on: date | None
    department: str
    reason: str
    manager_id: str
    requested_by: str
    requested_at: datetime
    state: str
    decided_by: str | None
    decided_at: datetime | None
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Listed:
    """A person as an administrator sees them."""

    person: Person
    grants: tuple[Grant, ...]
    can_sign_in: bool
    created_at: datetime


def principal_of_token(*, token_id: str, label: str, scope: Scope, site_ids: frozenset[str]) -> Principal:
    """What a program with an API token may do."""
    return Principal(
        actor=f"token:{token_id}",
        person_id=None,
        display_name=label,
        permissions=SCOPE_PERMISSIONS[scope],
        site_ids=site_ids,
    )
