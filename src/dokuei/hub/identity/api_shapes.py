"""The JSON that the sign-in, enrolment and people pages exchange with the hub."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dokuei.hub.identity.model import Grant, Language, Listed, Principal, Role, Session
from dokuei.hub.identity.service import Myself


class Shape(BaseModel):
    """What comes in holds nothing that was not asked for, and no NUL: no text column can keep one."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _no_nul(cls, value: Any) -> Any:
        waiting = [value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, Mapping):
                waiting += [*one.keys(), *one.values()]
            elif isinstance(one, list):
                waiting += one
            elif isinstance(one, str) and "\0" in one:
                raise ValueError("a NUL character")
        return value


class PasswordIn(Shape):
    """Both factors at once: which one was wrong is not told."""

    user_name: str = Field(max_length=200)
    password: str = Field(max_length=1000)
    totp_code: str = Field(max_length=20)


class SubstituteIn(Shape):
    """Both halves at once, as two administrators handed them over."""

    user_name: str = Field(max_length=200)
    first_code: str = Field(max_length=40)
    second_code: str = Field(max_length=40)


class PasskeyOptionsIn(Shape):
    """The name is not needed: keys are discoverable, and the answer is the same for everybody."""

    user_name: str | None = Field(None, max_length=200)


class CredentialIn(Shape):
    """What ``PublicKeyCredential.toJSON()`` gave, and the name that its owner gives a new key."""

    credential: dict[str, Any]
    label: str = Field("", max_length=200)


class NewPasswordIn(Shape):
    """A password that somebody chose."""

    password: str = Field(max_length=1000)


class CodeIn(Shape):
    """The code that an app shows."""

    totp_code: str = Field(max_length=20)


class GrantShape(Shape):
    """A role at a site, or in the centre."""

    role: Role
    site_id: str | None = None


class PersonIn(Shape):
    """An individual to add."""

    user_name: str = Field(max_length=64)
    display_name: str = Field(max_length=200)
    display_name_kana: str = Field("", max_length=200)
    language: Language = "ja"
    birth_date: date | None = None
    ends_on: date | None = None
    grants: list[GrantShape] = Field(max_length=100)


class PersonOut(Shape):
    """The person in front of the page."""

    person_id: str
    user_name: str
    display_name: str
    display_name_kana: str
    language: Language
    roles: list[str]


class SiteOut(Shape):
    """A site that the person may know of."""

    site_id: str
    name: str
    name_en: str


class SessionOut(Shape):
    """Who is signed in and what the page may offer; ``centre_permissions`` hold for what belongs to no hospital."""

    person: PersonOut
    sites: list[SiteOut]
    permissions: list[str]
    centre_permissions: list[str]
    idle_lock_seconds: int


class OpenSessionOut(Shape):
    """One line in the list of sessions."""

    session_id: str
    method: str
    created_at: datetime
    last_seen_at: datetime
    address: str
    user_agent: str
    current: bool


class InvitationOut(Shape):
    """Whom an enrolment link is for."""

    user_name: str
    display_name: str
    display_name_kana: str
    language: Language
    expires_at: datetime


class TotpOut(Shape):
    """What an authenticator app needs, shown once."""

    totp_secret: str
    otpauth_uri: str
    qr_svg: str


class ListedPersonOut(Shape):
    """A person in the administrator's list."""

    person_id: str
    user_name: str
    display_name: str
    display_name_kana: str
    grants: list[GrantShape]
    can_sign_in: bool
    locked: bool
    ends_on: date | None
    created_at: datetime


class LinkOut(Shape):
    """A one-time code, shown once; the page behind it is ``/enrol#{code}``."""

    code: str
    path: str


def session_out(myself: Myself, me: Principal, *, idle_lock_seconds: int) -> SessionOut:
    """The session as the page sees it."""
    person = myself.person
    return SessionOut(
        person=PersonOut(
            person_id=person.person_id,
            user_name=person.user_name,
            display_name=person.display_name,
            display_name_kana=person.display_name_kana,
            language=person.language,
            roles=sorted({grant.role.value for grant in myself.grants}),
        ),
        sites=[
            SiteOut(site_id=site_id, name=name, name_en=myself.sites_en.get(site_id, ""))
            for site_id, name in myself.sites.items()
        ],
        permissions=sorted(me.permissions),
        centre_permissions=sorted(me.centre_permissions),
        idle_lock_seconds=idle_lock_seconds,
    )


def open_session_out(session: Session, *, current: str | None) -> OpenSessionOut:
    """A session in the list."""
    return OpenSessionOut(
        session_id=session.session_id,
        method=session.method,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        address=session.address,
        user_agent=session.user_agent,
        current=session.session_id == current,
    )


def listed_out(listed: Listed) -> ListedPersonOut:
    """A person in the list."""
    person = listed.person
    return ListedPersonOut(
        person_id=person.person_id,
        user_name=person.user_name,
        display_name=person.display_name,
        display_name_kana=person.display_name_kana,
        grants=[GrantShape(role=grant.role, site_id=grant.site_id) for grant in listed.grants],
        can_sign_in=listed.can_sign_in,
        locked=person.locked_at is not None,
        ends_on=person.ends_on,
        created_at=listed.created_at,
    )


def grant_of(shape: GrantShape) -> Grant:
    """A grant as the model knows it."""
    return Grant(shape.role, shape.site_id)
