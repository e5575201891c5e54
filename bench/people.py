"""People at work beside 100,000 requests: how long the hub's pages wait for each answer.

Run as ``python bench/people.py [--requests N] [--seconds S]``. The hub's process for readers runs as ``dokuei up``
starts it; this process is the browsers of 20 people, each on a thread and signed in with a key: they ask at the pace at
which the pages ask (lists every few seconds, a draft once a second while somebody types), not as fast as they can.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.people_data import add_sites, fill
from bench.web_servers import free_port, peak_mb, serving_readers
from dokuei.hub.app import Hub, open_hub
from dokuei.hub.identity.model import Grant, Role
from dokuei.hub.prepare import prepare_hub
from dokuei.settings import read_settings
from tests.makers.authenticator import Authenticator
from tests.makers.people import licence

GOAL_MILLISECONDS = 200.0
_OPEN_CASES = 500
_KEEN = 30.0
_APART = 0.7
_STAFF = (
    (Role.READER, None, 12),
    (Role.SITE_STAFF, "site-0", 3),
    (Role.CLERK, None, 1),
    (Role.REFERRING_PHYSICIAN, "site-1", 2),
    (Role.ADMINISTRATOR, None, 1),
    (Role.AUDITOR, None, 1),
)
_DRAFT = {
    "findings": "右乳房上外側に微細線状の石灰化を集簇性に認めます。左に異常を認めません。" * 8,
    "impression": "右カテゴリー4。針生検をお勧めします。",
    "category_right": "4",
    "category_left": "1",
    "images_read": [],
}


@dataclass
class Watch:
    """How long each kind of question took, in ms, and what was not answered as it should be."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)
    bodies: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, milliseconds: float, answer: httpx.Response) -> None:
        """One answer."""
        with self.lock:
            self.taken[what].append(milliseconds)
            self.bodies[what] = max(self.bodies.get(what, 0), int(answer.num_bytes_downloaded))
            if answer.status_code >= httpx.codes.BAD_REQUEST:
                self.wrong.append(f"{what}: {answer.status_code} {answer.text[:200]}")


@dataclass
class Person:
    """Somebody in front of a browser."""

    client: httpx.Client
    watch: Watch
    cases: list[str]
    until: float
    as_of: str = ""

    def look(self) -> None:
        """The worklist as its page keeps it: whole once, then what has changed."""
        if self.as_of:
            answer = self.ask("worklist, what changed", f"worklist/changes?{urlencode({'since': self.as_of})}")
        else:
            answer = self.ask("worklist", "worklist")
        self.as_of = answer.json()["as_of"]

    def ask(self, what: str, path: str, method: str = "GET", body: object = None, **headers: str) -> httpx.Response:
        """One question of a page; asked in the background unless a hand does it."""
        begin = time.perf_counter()
        answer = self.client.request(method, f"/api/v1/{path}", json=body, headers=headers)
        self.watch.note(what, (time.perf_counter() - begin) * 1000, answer)
        return answer

    def at_work(self) -> bool:
        """Whether the day goes on."""
        return time.monotonic() < self.until


def read_cases(me: Person) -> None:
    """A reader: looks at the list, takes a case, writes for a while, gives it back for the next one to find."""
    while me.at_work():
        for _ in range(3):
            me.look()
            time.sleep(4)
        me.ask("search", "worklist/search", "POST", {"text": "高橋 " + str(len(me.cases) % 7)})
        item_id = me.cases.pop(0)
        _open_case(me, item_id)
        me.ask("claim", f"worklist/{item_id}/claim", "POST")
        version = me.ask("report", f"worklist/{item_id}/report").json()["version"]
        for second in range(14):
            time.sleep(1)
            saved = me.ask("save draft", f"worklist/{item_id}/report", "PUT", _DRAFT, **{"If-Match": f'"{version}"'})
            version = saved.json().get("version", version)
            if second % 4 == 0:
                me.ask("case", f"worklist/{item_id}")
                me.ask("messages", f"worklist/{item_id}/messages")
            if second % 8 == 0:
                me.ask("unread messages", "messages/unread")
                me.ask("alerts", "session/alerts")
        me.ask("release", f"worklist/{item_id}/release", "POST")
        me.cases.append(item_id)


def _open_case(me: Person, item_id: str) -> None:
    me.ask("case", f"worklist/{item_id}")
    me.ask("request of a case", f"worklist/{item_id}/request")
    me.ask("report", f"worklist/{item_id}/report")
    me.ask("report form", f"worklist/{item_id}/report/form")
    me.ask("qualification", f"worklist/{item_id}/report/qualification")
    me.ask("messages", f"worklist/{item_id}/messages")


def ask_for_readings(me: Person) -> None:
    """Hospital staff: watches the requests, opens one, places one."""
    number = 0
    while me.at_work():
        listed = me.ask("requests", "requests").json()["items"]
        time.sleep(2)
        me.ask("request", f"requests/{listed[number % len(listed)]['request_id']}")
        me.ask("requests, proposed", "requests?state=proposed")
        time.sleep(2)
        number += 1
        me.ask("place request", "requests", "POST", _request(uuid.uuid4().hex[:12]))
        me.ask("unread messages", "messages/unread")
        time.sleep(2)


def _request(number: str) -> dict[str, Any]:
    return {
        "site_id": "site-0",
        "accession_number": f"N{number}",
        "patient": {
            "patient_id": f"9{number}",
            "name": {"alphabetic": "Abe^Rin", "ideographic": "阿部^凛", "phonetic": "アベ^リン"},
            "birth_date": "19700101",
            "sex": "F",
        },
        "modality": "MG",
        "examination_date": "20261101",
        "clinical": {"reason": "検診要精査", "question": "右の腫瘤の評価", "menstruation": "post"},
    }


def watch_lists(me: Person) -> None:
    """The office: the worklist and what became of reports."""
    while me.at_work():
        me.look()
        me.ask("outcomes", "outcomes")
        time.sleep(4)
        me.ask("requests", "requests")
        time.sleep(2)


def open_reports(me: Person) -> None:
    """A referring physician: the list of reports, and one of them."""
    number = 0
    while me.at_work():
        outcomes = me.ask("outcomes", "outcomes").json()["items"]
        item_id = outcomes[number % len(outcomes)]["worklist_item_id"]
        number += 7
        time.sleep(2)
        me.ask("case", f"worklist/{item_id}")
        me.ask("request of a case", f"worklist/{item_id}/request")
        me.ask("report", f"worklist/{item_id}/report")
        time.sleep(4)


def look_after_people(me: Person) -> None:
    """An administrator."""
    while me.at_work():
        me.ask("people", "people")
        me.ask("gateways", "gateways")
        me.ask("office alerts", "alerts")
        time.sleep(3)


def look_into_the_trail(me: Person) -> None:
    """An auditor."""
    while me.at_work():
        me.ask("audit", "audit/entries")
        time.sleep(3)


_WORK: dict[Role, Callable[[Person], None]] = {
    Role.READER: read_cases,
    Role.SITE_STAFF: ask_for_readings,
    Role.CLERK: watch_lists,
    Role.REFERRING_PHYSICIAN: open_reports,
    Role.ADMINISTRATOR: look_after_people,
    Role.AUDITOR: look_into_the_trail,
}


def run(*, quick: bool = False, requests: int = 100_000, seconds: float = 90.0) -> dict[str, Any]:
    """Fill a hub, let people work, and say how long they waited; for ``bench/run.py``."""
    if quick:
        requests, seconds = 5_000, _KEEN
    with tempfile.TemporaryDirectory(prefix="dokuei-people-") as folder:
        home = Path(folder)
        environment = {**os.environ, "DOKUEI_HUB__PORT": str(free_port())}
        settings = read_settings(home, environment=environment)
        prepare_hub(settings)
        hub = open_hub(settings)
        add_sites(hub)
        keys = dict(_people(hub))
        readers = [person for person, (role, _) in keys.items() if role is Role.READER]
        begin = time.perf_counter()
        cases = fill(hub, requests=requests, unread=_OPEN_CASES, readers=readers)
        filled = time.perf_counter() - begin
        print(f"{requests} requests in {filled:.0f} s", flush=True)
        hub.stores.database.close()
        with serving_readers(home, environment) as pid:
            watch = _day(settings.hub.url, keys, cases, seconds)
            memory = peak_mb(pid)
    return _figures(watch, requests=requests, memory=memory)


def _people(hub: Hub) -> Iterator[tuple[str, tuple[Role, Authenticator]]]:
    for role, site_id, count in _STAFF:
        for number in range(count):
            grant = Grant(role, site_id)
            name = f"{role.value}.{number}"
            person = hub.identity.people.add(user_name=name, display_name=name, grants=[grant], actor="system")
            licence(hub.identity, person, grant)
            key = Authenticator(hub.settings.hub.url)
            code = hub.identity.people.link(person.person_id, actor="system")
            enrolments = hub.identity.enrolments
            enrolments.passkey(code, key.create(enrolments.passkey_options(code)), label="key")
            yield person.person_id, (role, key)


def _day(base: str, keys: dict[str, tuple[Role, Authenticator]], cases: list[str], seconds: float) -> Watch:
    watch, begin = Watch(), time.monotonic()
    share = len(cases) // len(keys)
    threads = []
    for number, (role, key) in enumerate(keys.values()):
        client = _signed_in(base, key)
        mine = cases[number * share : (number + 1) * share]
        me = Person(client, watch, mine, begin + seconds)
        threads.append(threading.Thread(target=_WORK[role], args=(me,)))
    for thread in threads:
        thread.start()
        time.sleep(_APART)  # nobody comes in the same second as all others
    for thread in threads:
        thread.join()
    return watch


def _signed_in(base: str, key: Authenticator) -> httpx.Client:
    client = httpx.Client(base_url=base, headers={"X-Dokuei-Request": "1"}, timeout=60)
    options = client.post("/api/v1/sign-in/passkey/options", json={}).json()
    client.post("/api/v1/sign-in/passkey", json={"credential": key.get(options)}).raise_for_status()
    return client


def _figures(watch: Watch, *, requests: int, memory: int) -> dict[str, Any]:
    every = sorted(value for values in watch.taken.values() for value in values)
    rows = [
        {
            "what": what,
            "count": len(values),
            "median_ms": round(_percentile(values, 50), 1),
            "p95_ms": round(_percentile(values, 95), 1),
            "most_ms": round(max(values), 1),
            "most_bytes": watch.bodies[what],
        }
        for what, values in sorted(watch.taken.items(), key=lambda one: -_percentile(one[1], 95))
    ]
    for row in rows:
        print(json.dumps(row), flush=True)
    for wrong in sorted(set(watch.wrong))[:10]:
        print(wrong, flush=True)
    return {
        "what": "what pages wait for, ms, with 20 people at work",
        "command": "python bench/run.py people",
        "requests": requests,
        "people": sum(count for _, _, count in _STAFF),
        "goal_ms": GOAL_MILLISECONDS,
        "answers": len(every),
        "not_answered": len(watch.wrong),
        "p95_ms": round(_percentile(every, 95), 1),
        "slowest_p95_ms": round(max(_percentile(values, 95) for values in watch.taken.values()), 1),
        "hub_mb": memory,
        "rows": rows,
    }


def _percentile(values: list[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * (len(ordered) - 1)))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=90.0)
    wanted = parser.parse_args()
    print(json.dumps(run(requests=wanted.requests, seconds=wanted.seconds), indent=1))
