"""The JSON in which pages keep the facility register, contracts and contacts."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, TypeAdapter

from dokuei.hub.identity.api_shapes import Shape
from dokuei.hub.sites.contracting import LONGEST_REASON
from dokuei.hub.sites.contracts import LONGEST_TERMS, Contract, Priority, Standing, Terms, Unit, Version, site_standing
from dokuei.hub.sites.model import IdentityMode, ReadTwice
from dokuei.hub.sites.office import Reachable, Shown
from dokuei.hub.sites.register import Contact, Duty, Hours, Register
from dokuei.transfer.contract import ReadingKind

_TERMS = TypeAdapter(Terms)
_REGISTER = TypeAdapter(Register)
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Telephone = Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)]
TermsText = Annotated[str, Field(max_length=LONGEST_TERMS)]
Because = Annotated[str, Field(max_length=LONGEST_REASON)]
Time = Annotated[str, StringConstraints(max_length=5)]


class TurnaroundShape(Shape):
    """Within what time a report of that priority is due."""

    priority: Priority
    amount: int = Field(ge=0, le=3000)
    unit: Unit


class ContractTermsShape(Shape):
    """What a contract says."""

    valid_from: date | None = None
    valid_until: date | None = None
    modalities: list[Annotated[str, StringConstraints(max_length=16)]] = Field(default_factory=list, max_length=40)
    kinds: list[ReadingKind] = Field(default_factory=list, max_length=10)
    turnarounds: list[TurnaroundShape] = Field(default_factory=list, max_length=3)
    fee: TermsText = ""
    responsibility: TermsText = ""
    insurance: TermsText = ""
    note: TermsText = ""

    def terms(self) -> Terms:
        """The same in the register's own words."""
        return _TERMS.validate_python(self.model_dump(include=set(ContractTermsShape.model_fields)))


class ContractIn(ContractTermsShape):
    """A contract to record."""

    because: Because = ""


class ContractChangeIn(ContractTermsShape):
    """Its next version; ``version`` is the one that it is made over."""

    version: int = Field(ge=1, le=1_000_000)
    because: Because


class TerminationIn(Shape):
    """An end before its term."""

    version: int = Field(ge=1, le=1_000_000)
    last_day: date
    because: Because


class ContractVersionOut(BaseModel):
    """One version: what it says, who wrote it, when and why."""

    number: int
    valid_from: date | None
    valid_until: date | None
    modalities: list[str]
    kinds: list[ReadingKind]
    turnarounds: list[TurnaroundShape]
    fee: str
    responsibility: str
    insurance: str
    note: str
    terminated_on: date | None
    at: datetime
    by: str
    because: str


class ContractOut(BaseModel):
    """A contract, its versions the latest first."""

    contract_id: str
    standing: Standing
    versions: list[ContractVersionOut]


class SiteStandardShape(Shape):
    """What the facility standard of tele-reading asks of both sides (JRS-06)."""

    devices_adequate: bool = False
    devices: Annotated[str, Field(max_length=2000)] = ""
    named_receiver: Line = ""
    no_outsourcing: bool = False
    full_time_radiologist: Line = ""
    confirmed_on: date | None = None


class SiteResponsibleShape(Shape):
    """Somebody who answers for something at the hospital."""

    duty: Duty
    name: Line
    telephone: Telephone = ""


class SiteRegisterShape(Shape):
    """A hospital's entry beside its names."""

    institution_code: Annotated[str, StringConstraints(max_length=10, strip_whitespace=True)] = ""
    postal_code: Annotated[str, StringConstraints(max_length=10, strip_whitespace=True)] = ""
    address: Annotated[str, StringConstraints(max_length=400, strip_whitespace=True)] = ""
    address_en: Annotated[str, StringConstraints(max_length=400, strip_whitespace=True)] = ""
    telephone: Telephone = ""
    day_from: Time = "08:30"
    day_until: Time = "17:15"
    standard: SiteStandardShape = SiteStandardShape()
    responsible: list[SiteResponsibleShape] = Field(default_factory=list, max_length=20)


class SiteRegisterIn(SiteRegisterShape):
    """The same with the names, and the version that it is written over (0: nobody has written it)."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    name_en: Line = ""
    version: int = Field(ge=0, le=1_000_000)

    def register_entry(self) -> Register:
        """The same in the register's own words."""
        return _REGISTER.validate_python(self.model_dump(exclude={"name", "name_en", "version"}))


class NewSiteIn(Shape):
    """A hospital to register; nothing may be asked for there until a contract is recorded."""

    site_id: Annotated[str, StringConstraints(max_length=64, strip_whitespace=True)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    name_en: Line = ""


class SiteContactIn(Shape):
    """Whom to call at which hours."""

    hours: Hours
    position: int = Field(0, ge=0, le=1000)
    name: Line
    role: Line = ""
    telephone: Telephone
    alternate: Telephone = ""
    note: Annotated[str, Field(max_length=1000)] = ""

    def said(self) -> dict[str, Any]:
        """What is said of the contact."""
        return self.model_dump(include=set(SiteContactIn.model_fields))


class SiteContactChangeIn(SiteContactIn):
    """The same over a version."""

    version: int = Field(ge=1, le=1_000_000)


class ContactTestIn(Shape):
    """That somebody tried to call."""

    on: date
    reached: bool


class SiteContactOut(BaseModel):
    """Whom to call, and when that was tried last."""

    contact_id: str
    hours: Hours
    position: int
    name: str
    role: str
    telephone: str
    alternate: str
    note: str
    version: int
    tested_on: date | None
    tested_by: str
    reached: bool | None
    test_due: bool


class SiteScopeOut(BaseModel):
    """What was agreed, as far as hospitals are compared by it; nothing named means that each is covered."""

    modalities: list[str]
    kinds: list[ReadingKind]
    turnarounds: list[TurnaroundShape]


class SiteLineOut(BaseModel):
    """A hospital in the list: what is set, what is missing, and what was agreed beside the others.

    ``scope`` is that of the contract by which the hospital stands as it does.
    """

    site_id: str
    name: str
    name_en: str
    standing: Standing
    valid_from: date | None
    valid_until: date | None
    standard_missing: list[str]
    scope: SiteScopeOut | None
    turnaround_days: int | None
    due_time: str
    contacts: int
    tests_due: int
    contact_list: list[SiteContactOut]


class SiteDetailOut(SiteLineOut):
    """One hospital with all that is on record."""

    register_entry: SiteRegisterShape
    version: int
    changed_at: datetime | None
    changed_by: str
    contracts: list[ContractOut]
    hours_now: Hours
    today: date
    identity_mode: IdentityMode
    read_twice: ReadTwice
    closed_on: str


class ReachableOut(BaseModel):
    """Whom to call now at a case's hospital; ``instead`` where nobody is named for these hours."""

    site_id: str
    site_name: str
    site_name_en: str
    telephone: str
    hours: Hours
    instead: bool
    day_from: str
    day_until: str
    contacts: list[SiteContactOut]


def line_out(shown: Shown) -> SiteLineOut:
    """A hospital in the list."""
    return SiteLineOut(**_line(shown))


def detail_out(shown: Shown) -> SiteDetailOut:
    """One hospital."""
    site, kept = shown.site, shown.kept
    return SiteDetailOut(
        **_line(shown),
        register_entry=SiteRegisterShape.model_validate(_REGISTER.dump_python(kept.register, mode="json")),
        version=kept.version,
        changed_at=kept.changed_at,
        changed_by=kept.changed_by_name,
        contracts=[_contract(one, shown.today) for one in shown.contracts],
        hours_now=shown.hours,
        today=shown.today,
        identity_mode=site.identity_mode,
        read_twice=site.read_twice,
        closed_on=site.closed_on,
    )


def reachable_out(found: Reachable) -> ReachableOut:
    """Whom to call now."""
    register = found.kept.register
    return ReachableOut(
        site_id=found.site.site_id,
        site_name=found.site.name,
        site_name_en=found.site.name_en,
        telephone=register.telephone,
        hours=found.hours,
        instead=any(one.hours != found.hours for one in found.contacts),
        day_from=register.day_from,
        day_until=register.day_until,
        contacts=[_contact(one, found.today) for one in found.contacts],
    )


def _line(shown: Shown) -> dict[str, Any]:
    standing = site_standing(shown.contracts, shown.today)
    standings = [(one, one.present.terms.standing(shown.today)) for one in shown.contracts]
    present = next((one.present.terms for one, stands in standings if stands == standing), None)
    return {
        "site_id": shown.site.site_id,
        "name": shown.site.name,
        "name_en": shown.site.name_en,
        "standing": standing,
        "valid_from": None if present is None else present.valid_from,
        "valid_until": None if present is None else present.last_day,
        "standard_missing": list(shown.kept.register.standard.missing),
        "scope": None if present is None else _scope(present),
        "turnaround_days": shown.site.turnaround_days,
        "due_time": shown.site.due_time,
        "contacts": len(shown.contacts),
        "tests_due": shown.tests_due,
        "contact_list": [_contact(one, shown.today) for one in shown.contacts],
    }


def _scope(terms: Terms) -> SiteScopeOut:
    turnarounds = [TurnaroundShape(**asdict(one)) for one in terms.turnarounds]
    return SiteScopeOut(modalities=list(terms.modalities), kinds=list(terms.kinds), turnarounds=turnarounds)


def _contract(contract: Contract, today: date) -> ContractOut:
    return ContractOut(
        contract_id=contract.present.contract_id,
        standing=contract.present.terms.standing(today),
        versions=[_version(one) for one in contract.versions],
    )


def _version(version: Version) -> ContractVersionOut:
    told = _TERMS.dump_python(version.terms)
    return ContractVersionOut(
        **{**told, "turnarounds": [TurnaroundShape(**one) for one in told["turnarounds"]]},
        number=version.number,
        at=version.at,
        by=version.actor_name or version.actor,
        because=version.because,
    )


def _contact(contact: Contact, today: date) -> SiteContactOut:
    told = asdict(contact)
    del told["site_id"]
    return SiteContactOut(**told, tested_by=told.pop("tested_by_name"), test_due=contact.test_due(today))
