"""The facility register (施設台帳): where a hospital is, what it attests, and whom to call at which hour."""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Literal

from dokuei.errors import RequestError
from dokuei.hub.sites.calendar import TIME_OF_DAY, is_working_day

Hours = Literal["weekday", "night", "holiday"]
Duty = Literal["director", "imaging", "information", "other"]
HOURS: Final[tuple[Hours, ...]] = ("weekday", "night", "holiday")
_INSTEAD: Final[dict[Hours, tuple[Hours, ...]]] = {
    "weekday": ("weekday", "night", "holiday"),
    "night": ("night", "holiday", "weekday"),
    "holiday": ("holiday", "night", "weekday"),
}
_INSTITUTION: Final = re.compile(r"(?:[0-9]{7}|[0-9]{10})?")
_TELEPHONE: Final = re.compile(r"[0-9+()#*,;. \-]*(?:(?:内線|PHS|ext\.?) ?[0-9]{1,8})?")
_REGISTER_PHASE: Final = "keeping the register of hospitals"
_CONTACT_PHASE: Final = "keeping a hospital's contacts"


@dataclass(frozen=True)
class Standard:
    """What the facility standard of tele-reading asks of both sides (JRS-06), as somebody has confirmed it.

    The sender has adequate devices, sends to the named receiver only and passes nothing on to others; the receiver has
    a full-time diagnostic radiologist.
    """

    devices_adequate: bool = False
    devices: str = ""
    named_receiver: str = ""
    no_outsourcing: bool = False
    full_time_radiologist: str = ""
    confirmed_on: date | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not attested yet."""
        parts = {
            "devices_adequate": self.devices_adequate,
            "named_receiver": bool(self.named_receiver.strip()),
            "no_outsourcing": self.no_outsourcing,
            "full_time_radiologist": bool(self.full_time_radiologist.strip()),
            "confirmed_on": self.confirmed_on is not None,
        }
        return tuple(name for name, there in parts.items() if not there)


@dataclass(frozen=True)
class Responsible:
    """Somebody who answers for something there; the report manager is a person, and named beside the outcomes."""

    duty: Duty
    name: str
    telephone: str = ""


@dataclass(frozen=True)
class Register:
    """A hospital's entry beside its names; ``day_from`` to ``day_until`` is when its weekday contacts are there."""

    institution_code: str = ""
    postal_code: str = ""
    address: str = ""
    address_en: str = ""
    telephone: str = ""
    day_from: str = "08:30"
    day_until: str = "17:15"
    standard: Standard = Standard()
    responsible: tuple[Responsible, ...] = ()


@dataclass(frozen=True)
class Kept:
    """The entry with its version; version 0 has been written by nobody."""

    register: Register = Register()
    version: int = 0
    changed_at: datetime | None = None
    changed_by_name: str = ""


@dataclass(frozen=True)
class Contact:
    """Whom to call at which hours, and whether a call was tried (REPORT-14)."""

    contact_id: str
    site_id: str
    hours: Hours
    position: int
    name: str
    role: str = ""
    telephone: str = ""
    alternate: str = ""
    note: str = ""
    version: int = 1
    tested_on: date | None = None
    tested_by_name: str = ""
    reached: bool | None = None

    def test_due(self, today: date) -> bool:
        """Whether it is to be tried: never tried, not reached, or a month ago."""
        return self.tested_on is None or not self.reached or month_after(self.tested_on) <= today


def month_after(day: date) -> date:
    """The same day of the next month, or its last one."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)  # noqa: PLR2004 - December
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def hours_at(moment: datetime, register: Register, *, closed_on: str) -> Hours:
    """Which hours a moment of the site's clock is in."""
    if not is_working_day(moment.date(), closed_on):
        return "holiday"
    begins, ends = (time.fromisoformat(one) for one in (register.day_from, register.day_until))
    return "weekday" if begins <= moment.time() < ends else "night"


def to_call(contacts: Iterable[Contact], hours: Hours) -> tuple[Contact, ...]:
    """Whom to call then, in order; where nobody is named for those hours, those of the others instead."""
    everybody = tuple(contacts)
    for one in _INSTEAD[hours]:
        found = tuple(sorted((c for c in everybody if c.hours == one), key=lambda c: (c.position, c.contact_id)))
        if found:
            return found
    return ()


def checked_register(register: Register) -> Register:
    """Refuse an entry that nobody could reach or that no authority knows.

    Raises:
        RequestError: with the reason.
    """
    wrong = None
    numbers = (register.telephone, *(one.telephone for one in register.responsible))
    if not _INSTITUTION.fullmatch(register.institution_code):
        wrong = "医療機関コードは7桁または10桁です / an institution code has 7 or 10 digits"
    elif not all(_TELEPHONE.fullmatch(one) for one in numbers):
        wrong = "電話番号の形式が正しくありません / no telephone number"
    elif not all(TIME_OF_DAY.fullmatch(one) for one in (register.day_from, register.day_until)):
        wrong = "a time of day is HH:MM"
    elif register.day_from >= register.day_until:
        wrong = "日勤の終わりは始まりより後です / the day's hours end after they begin"
    elif not all(one.name.strip() for one in register.responsible):
        wrong = "責任者には氏名が必要です / a responsible person has a name"
    if wrong:
        raise RequestError(wrong, phase=_REGISTER_PHASE)
    return register


def checked_contact(contact: Contact) -> Contact:
    """Refuse a contact that cannot be called.

    Raises:
        RequestError: with the reason.
    """
    wrong = None
    if not contact.name.strip():
        wrong = "連絡先には氏名または部署名が必要です / a contact has a name"
    elif not contact.telephone.strip():
        wrong = "連絡先には電話番号が必要です / a contact has a telephone number"
    elif not all(_TELEPHONE.fullmatch(one) for one in (contact.telephone, contact.alternate)):
        wrong = "電話番号の形式が正しくありません / no telephone number"
    if wrong:
        raise RequestError(wrong, phase=_CONTACT_PHASE)
    return contact
