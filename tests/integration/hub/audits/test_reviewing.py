"""The monthly review: opens by itself, is signed by key or both factors, keeps anomalies until they are closed."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import select, update

from dokuei.clock import now
from dokuei.errors import ConflictError
from dokuei.hub.audits.model import JST, demand_open, months_to_review
from dokuei.hub.audits.tables import review
from dokuei.hub.identity.model import Grant, Role
from dokuei.storage.audit import hub_entries
from tests.integration.hub.audits.conftest import CHIEF
from tests.makers.authenticator import Authenticator
from tests.makers.people import GOOD_PASSWORD, one_step_ago
from tests.makers.whole_hub import WholeHub, whole_hub

REVIEWS = "/api/v1/audit/reviews"


@pytest.fixture
def old_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeHub]:
    """A hub whose trail began two months ago, as far as reviews are concerned."""
    with whole_hub(tmp_path_factory.mktemp("hub")) as running:
        with running.hub.stores.database.begin() as connection:
            begun = now().replace(day=1) - timedelta(days=45)
            connection.execute(update(hub_entries).where(hub_entries.c.sequence == 1).values(at=begun))
        yield running


@pytest.fixture
def key(old_hub: WholeHub) -> Authenticator:
    return Authenticator(old_hub.hub.settings.hub.url)


@pytest.fixture
def chief(old_hub: WholeHub, key: Authenticator) -> Iterator[httpx.Client]:
    """An auditor with a key of their own at hand."""
    identity = old_hub.hub.identity
    person = identity.people.add(user_name="kansa", display_name="監査 一子", grants=[CHIEF], actor="system")
    code = identity.people.link(person.person_id, actor="system")
    identity.enrolments.passkey(code, key.create(identity.enrolments.passkey_options(code)), label="key")
    with closing(old_hub.client()) as client:
        options = client.post("/api/v1/sign-in/passkey/options", json={}).json()
        client.post("/api/v1/sign-in/passkey", json={"credential": key.get(options)}).raise_for_status()
        yield client


def opened(hub: WholeHub, client: httpx.Client) -> dict[str, Any]:
    hub.hub.audits.reviewing.open_due()
    (found,) = client.get(REVIEWS).raise_for_status().json()
    return dict(found)


def _another_code(hub: WholeHub) -> str:
    person = hub.hub.identity.people.add(user_name="somebody", display_name="x", grants=[CHIEF], actor="system")
    return hub.hub.identity.people.link(person.person_id, actor="system")


def begin(client: httpx.Client, month: str) -> dict[str, Any]:
    return dict(client.post(f"{REVIEWS}/{month}/signature/begin").raise_for_status().json())


def test_last_months_review_opens_by_itself_once(old_hub: WholeHub, chief: httpx.Client) -> None:
    """LOG-05: a scheduled task opens."""
    last_month = (now().astimezone(JST).replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    assert old_hub.hub.audits.reviewing.open_due() == (last_month,)
    assert old_hub.hub.audits.reviewing.open_due() == ()
    review_of_it = opened(old_hub, chief)
    assert review_of_it["month"] == last_month
    assert review_of_it["overdue"] is False
    with old_hub.hub.stores.database.begin() as connection:
        connection.execute(update(review).values(due_at=now() - timedelta(minutes=1)))
    assert opened(old_hub, chief)["overdue"] is True


def test_no_month_is_passed_over_where_the_hub_was_off_and_none_before_the_trail_began() -> None:
    """LOG-05: evidence for each month."""
    moment = datetime(2026, 11, 30, 3, tzinfo=UTC)
    begun = moment.replace(year=2025)
    assert months_to_review(begun_at=begun, moment=moment, latest="2026-07") == ("2026-08", "2026-09", "2026-10")
    assert months_to_review(begun_at=begun, moment=moment, latest=None) == ("2026-10",)
    assert months_to_review(begun_at=moment, moment=moment, latest=None) == ()
    assert months_to_review(begun_at=begun, moment=moment.replace(month=1, day=9), latest="2025-11") == ("2025-12",)


def test_a_reviewer_signs_exactly_what_was_shown_by_key(
    old_hub: WholeHub, chief: httpx.Client, key: Authenticator
) -> None:
    """LOG-05: the reviewer signs; the kept answer of the key stands for the document."""
    month = opened(old_hub, chief)["month"]
    begun = begin(chief, month)
    assert begun["document"]["month"] == month
    assert begun["document"]["entries"] >= 0
    presented = {"digest": begun["digest"], "credential": key.get(begun["options"])}
    assert chief.post(f"{REVIEWS}/{month}/signature", json=presented).status_code == 204
    signed = opened(old_hub, chief)
    assert (signed["signed_by"], signed["method"], signed["stands"]) == ("監査 一子", "passkey", True)
    assert chief.post(f"{REVIEWS}/{month}/signature/begin").status_code == 409
    assert chief.post(f"{REVIEWS}/{month}/anomalies", json={"text": "too late"}).status_code == 409
    with old_hub.hub.stores.database.begin() as connection:
        changed = connection.execute(select(review.c.shown)).scalar_one().replace("entries", "entriez")
        connection.execute(update(review).values(shown=changed))
    assert opened(old_hub, chief)["stands"] is False, "a changed document under a kept signature is found"


def test_what_was_not_shown_or_does_not_hold_is_not_signed_and_is_on_record(
    old_hub: WholeHub, chief: httpx.Client, key: Authenticator
) -> None:
    month = opened(old_hub, chief)["month"]
    begun = begin(chief, month)
    path = f"{REVIEWS}/{month}/signature"
    wrong_key = Authenticator(old_hub.hub.settings.hub.url)
    assert chief.post(path, json={"digest": "0" * 64, "password": "x", "totp_code": "1"}).status_code == 409
    assert chief.post(path, json={"digest": begun["digest"], "password": "x", "totp_code": "1"}).status_code == 422
    stale = key.get(begun["options"])
    assert begin(chief, month)["digest"]
    chief.post(f"{REVIEWS}/{month}/anomalies", json={"text": "見慣れない端末からのサインイン", "sequence": 1})
    newer = begin(chief, month)
    assert newer["digest"] != begun["digest"], "an anomaly is part of what is signed"
    assert chief.post(path, json={"digest": newer["digest"], "credential": stale}).status_code == 422
    wrong_key.create(old_hub.hub.identity.enrolments.passkey_options(_another_code(old_hub)))
    strange = wrong_key.get({**begin(chief, month)["options"], "allowCredentials": []})
    assert chief.post(path, json={"digest": newer["digest"], "credential": strange}).status_code in {409, 422}
    assert opened(old_hub, chief)["signed_at"] is None
    noted = chief.get("/api/v1/audit/entries", params={"group": "audit"}).json()["lines"]
    assert [one["event"] for one in noted].count("audit.review-refused") >= 2


def test_both_factors_sign_where_there_is_no_key(old_hub: WholeHub) -> None:
    """LOG-05: as reports are signed: a key, or password and code."""
    identity = old_hub.hub.identity
    person = identity.people.add(user_name="kansa.p", display_name="監査 二郎", grants=[CHIEF], actor="system")
    code = identity.people.link(person.person_id, actor="system")
    secret = pyotp.TOTP(identity.enrolments.password(code, GOOD_PASSWORD).secret)
    identity.enrolments.confirm(code, one_step_ago(secret))
    with closing(old_hub.client()) as client:
        typed = {"user_name": "kansa.p", "password": GOOD_PASSWORD, "totp_code": secret.now()}
        client.post("/api/v1/sign-in/password", json=typed).raise_for_status()
        month = opened(old_hub, client)["month"]
        begun = begin(client, month)
        assert begun["method"] == "password"
        later = secret.at(int(now().timestamp()) + 30)  # a code signs in or signs, never both
        presented = {"digest": begun["digest"], "password": GOOD_PASSWORD, "totp_code": later}
        assert client.post(f"{REVIEWS}/{month}/signature", json=presented).status_code == 204
        assert opened(old_hub, client)["method"] == "password"


def test_an_anomaly_is_tracked_until_it_is_closed_with_its_explanation(old_hub: WholeHub, chief: httpx.Client) -> None:
    """LOG-05: anomalies tracked."""
    month = opened(old_hub, chief)["month"]
    noting = f"{REVIEWS}/{month}/anomalies"
    assert chief.post(noting, json={"text": "担当外の検査", "sequence": 2}).status_code == 204
    assert chief.post(noting, json={"text": "  "}).status_code == 400
    assert chief.post(noting, json={"text": "x", "sequence": 10**9}).status_code == 404
    assert chief.post(f"{REVIEWS}/1999-01/anomalies", json={"text": "x"}).status_code == 404
    (anomaly,) = opened(old_hub, chief)["anomalies"]
    assert (anomaly["noted_by"], anomaly["closed_at"]) == ("監査 一子", None)
    closing_it = f"/api/v1/audit/anomalies/{anomaly['anomaly_id']}/resolution"
    assert chief.post(closing_it, json={"resolution": "応援読影の割当"}).status_code == 204
    assert chief.post(closing_it, json={"resolution": "again"}).status_code == 409
    assert chief.post("/api/v1/audit/anomalies/0/resolution", json={"resolution": "x"}).status_code == 404
    (closed,) = opened(old_hub, chief)["anomalies"]
    assert (closed["resolution"], closed["closed_by"]) == ("応援読影の割当", "監査 一子")
    told = chief.get("/api/v1/audit/entries", params={"group": "audit"}).json()["lines"]
    assert not [one for one in told if "担当外" in one["details"]], "the trail names an anomaly by its id alone"


def test_a_sites_auditor_signs_no_review(old_hub: WholeHub) -> None:
    """AUTH-13: reviews are the centre's."""
    month = old_hub.hub.audits.reviewing.open_due()[0]
    with closing(old_hub.signed_in("kansa.kita", Grant(Role.AUDITOR, "kita"))) as client:
        for path in (f"{REVIEWS}/{month}/signature/begin", f"{REVIEWS}/{month}/anomalies"):
            assert client.post(path, json={"text": "x"}).status_code == 403
    reviewed = old_hub.hub.audits.reviewing.every().reviews[0]
    demand_open(reviewed)
    with pytest.raises(ConflictError):
        demand_open(type(reviewed)(month, reviewed.opened_at, reviewed.due_at, signed_at=now()))
