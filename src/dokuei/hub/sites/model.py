"""What a site is: a hospital, what was agreed with it, and what follows for its reports."""

import re
from dataclasses import dataclass
from typing import Literal

from dokuei.errors import RequestError
from dokuei.hub.sites.calendar import TIME_OF_DAY, unknown_days

IdentityMode = Literal["true", "pseudonym"]
ReadTwice = Literal["never", "mammograms"]
LONGEST_TERM = 36_525
LONGEST_TURNAROUND = 90
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


@dataclass(frozen=True)
class Site:
    """A hospital in the register; what was agreed with it stands in its contracts.

    ``identity_mode`` says whether the hub sees patients' true identity or pseudonyms. ``keep_days`` is the term of
    images, in days after a study's last object came; without one nothing is removed by itself.
    ``mammography_grade_required`` is for a site that sends screening mammograms: they are signed by readers of grade A
    or B alone (JRS-02). ``read_twice`` says which studies two readers read without knowing of each other before a third
    decides. Where neither request nor contract says when, a report is due ``turnaround_days`` working days after its
    images came, at ``due_time``; ``closed_on`` names the days that do not count. Where ``images_finalised`` is set, a
    technologist confirms a study's images before they are reported on (REC-09). Where ``qualified_signature_required``
    is set, reports are signed with the physician's own certificate too (HPKI; REC-17).
    """

    site_id: str
    name: str
    name_en: str = ""
    identity_mode: IdentityMode = "true"
    synced_passkeys_may_sign: bool = False
    keep_days: int | None = None
    mammography_grade_required: bool = False
    read_twice: ReadTwice = "never"
    turnaround_days: int | None = None
    due_time: str = "17:00"
    closed_on: str = "sat,sun,holidays"
    images_finalised: bool = False
    qualified_signature_required: bool = False


def checked(site: Site) -> Site:
    """Refuse a site that could not stand in addresses and contracts.

    Raises:
        RequestError: no slug, no name, or an unknown mode, time or day.
    """
    wrong = _wrong_terms(site)
    if not _SLUG.fullmatch(site.site_id):
        wrong = "a site's id is 1 to 64 small letters, digits and hyphens"
    elif not site.name.strip():
        wrong = "a site needs a name"
    elif site.identity_mode not in {"true", "pseudonym"}:
        wrong = "identity mode is true or pseudonym"
    elif site.keep_days is not None and not 1 <= site.keep_days <= LONGEST_TERM:
        wrong = f"images are kept for 1 to {LONGEST_TERM} days, or without a term"
    if wrong:
        raise RequestError(wrong, phase="registering a site")
    return site


def _wrong_terms(site: Site) -> str | None:
    """What is wrong with when and how often a site's studies are read."""
    if site.read_twice not in {"never", "mammograms"}:
        return "what is read twice is never or mammograms"
    if site.turnaround_days is not None and not 0 <= site.turnaround_days <= LONGEST_TURNAROUND:
        return f"a turnaround is 0 to {LONGEST_TURNAROUND} working days"
    if not TIME_OF_DAY.fullmatch(site.due_time):
        return "a time of day is HH:MM"
    unknown = unknown_days(site.closed_on)
    return f"not a weekday, holidays or a date: {', '.join(unknown)}" if unknown else None
