"""How long an auditor's questions take with a million entries: each answer of the service, names and all.

Run as ``python bench/audit_pages.py [ENTRIES]``; it makes a home of its own in a temporary folder and removes it.
"""

import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import insert

from dokuei.clock import now
from dokuei.dicom.audit_events import Group
from dokuei.hub.app import Hub, open_hub
from dokuei.hub.audits.listing import Wish
from dokuei.hub.audits.model import Asked
from dokuei.hub.identity.model import Grant, Permission, Principal, Role
from dokuei.hub.prepare import prepare_hub
from dokuei.hub.sites.model import Site
from dokuei.settings import read_settings
from dokuei.storage.audit import hub_entries

_EVENTS = ("study.accessed", "worklist.read", "report.read", "report.saved", "session.opened", "session.ended")
_RARE = ("sign-in.failed", "password.locked", "study.deleted", "role.granted")
_SITES, _STUDIES, _PEOPLE, _BLOCK, _TIMES = 20, 30_000, 60, 20_000, 15
_GOAL_MILLISECONDS = 200.0


def fill(hub: Hub, entries: int) -> list[str]:
    """A year of entries by people at sites; the people's ids."""
    chance = random.Random(7)  # noqa: S311 - a workload that is the same each time
    for number in range(_SITES):
        hub.sites.add(Site(f"site-{number}", f"施設 {number}"), actor="system")
    people = [
        hub.identity.people.add(
            user_name=f"reader.{number}",
            display_name=f"読影 {number}",
            grants=[Grant(Role.READER, None)],
            actor="system",
        ).person_id
        for number in range(_PEOPLE)
    ]
    begin, step = now() - timedelta(days=365), timedelta(days=365) / entries
    for block in range(0, entries, _BLOCK):
        with hub.stores.database.begin() as connection:
            rows = [
                _row(chance, number, begin + step * number, people)
                for number in range(block, min(block + _BLOCK, entries))
            ]
            connection.execute(insert(hub_entries), rows)
    return people


def _row(chance: random.Random, number: int, at: object, people: list[str]) -> dict[str, object]:
    event = chance.choice(_RARE) if chance.random() < 0.001 else chance.choice(_EVENTS)
    study = chance.randrange(_STUDIES)
    about_study = event.startswith(("study", "report"))
    return {
        "sequence": 1_000 + number,
        "at": at,
        "actor": f"person:{people[min(int(chance.expovariate(0.15)), _PEOPLE - 1)]}",
        "event": event,
        "site_id": f"site-{study % _SITES}" if about_study or event == "worklist.read" else None,
        "subject": f"1.2.392.{study}" if about_study else None,
        "details": "{}",
        "hash": "0" * 64,
    }


def wishes(people: list[str]) -> Iterator[tuple[str, Wish, int | None]]:
    """What is asked, with the place from which the page goes on."""
    month = Asked(first=now() - timedelta(days=200), last=now() - timedelta(days=170))
    busy, idle = f"person:{people[0]}", f"person:{people[-1]}"
    study = Wish(site_id="site-7", study="1.2.392.7")
    yield "the newest", Wish(), None
    yield "deep in the past", Wish(), 200_000
    yield "one month", Wish(month), None
    yield "a busy person", Wish(Asked(actor=busy)), None
    yield "a quiet person, one month", Wish(Asked(first=month.first, last=month.last, actor=idle)), None
    yield "one site", Wish(site_id="site-3"), None
    yield "one study", study, None
    yield "alerts", Wish(Asked(group=Group.ALERTS)), None
    yield "alerts of a busy person", Wish(Asked(actor=busy, group=Group.ALERTS)), None
    yield "alerts at one site (none)", Wish(Asked(group=Group.ALERTS), site_id="site-3"), None
    yield "images of a busy person at one site", Wish(Asked(actor=busy, group=Group.IMAGES), site_id="site-3"), None
    yield "a quiet person at one site", Wish(Asked(actor=idle), site_id="site-3"), None
    yield "a busy person at a site without them", Wish(Asked(actor=busy), site_id="site-none"), None
    yield "a person who did nothing", Wish(Asked(actor="person:0")), None


def main() -> int:
    """Print a table; exit with 1 where a question takes longer than the goal."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(Path(folder))
        prepare_hub(settings)
        hub = open_hub(settings)
        people = fill(hub, entries)
        hub.sites.add(Site("site-none", "何もない施設"), actor="system")
        sites = frozenset(site.site_id for site in hub.sites.every())
        every = frozenset(Permission)
        chief = Principal("person:0", "0", "", every, sites, centre_permissions=every)
        for name, wish, before in wishes(people):
            times = []
            for _ in range(_TIMES):
                begun = perf_counter()
                hub.audits.listing.page(chief, wish, before=before, at_most=100)
                times.append((perf_counter() - begun) * 1000)
            slowest = max(times)
            worst = max(worst, slowest)
            print(f"{name:<40} median {statistics.median(times):6.1f} ms   slowest {slowest:6.1f} ms")
    print(f"{entries} entries; slowest {worst:.1f} ms, goal {_GOAL_MILLISECONDS:.0f} ms")
    return int(worst > _GOAL_MILLISECONDS)


if __name__ == "__main__":
    sys.exit(main())
