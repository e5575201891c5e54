"""The gateways' page names the leg that is dead, in both languages, and the bar says so wherever one is."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from dokuei.clock import now
from dokuei.hub.identity.model import Grant, Role
from dokuei.transfer.protocol import PROTOCOL, Heartbeat, OrderRefusal, SendingReport, StudyReport
from dokuei.transfer.pulses import LEGS, Leg, Pulse, complete, pulse_uid
from tests.journeys.portal.conftest import Visiting
from tests.makers.browsed_hub import BrowsedHub

pytestmark = pytest.mark.browser
_SAID = {
    "ja": (
        "停止している箇所：PACSへ格納",
        "施設システムからの電文2件",
        "誤りの箇所 PID-3",
        "2本並行で送信",
        "BBRなし",
        "残り48.0 MB",
    ),
    "en": (
        "Dead: In the PACS",
        "2 messages of the hospital's systems",
        "wrong at PID-3",
        "2 uploads side by side",
        "without BBR",
        "48.0 MB to come",
    ),
}


@pytest.fixture
def dead(hub: BrowsedHub, items: list[str]) -> Iterator[None]:
    """A gateway whose PACS does not answer, that sends in limited hours, and a system that nobody understands."""
    assert items
    gateway = hub.gateway("kita", "健康診断")
    refusal = OrderRefusal(at=now().isoformat(), message_type="ORM^O01", location="PID-3", sending_application="HIS")
    ahead = (now() + timedelta(minutes=20)).isoformat()
    sending = SendingReport(
        bytes_per_second=600_000, streams=2, limit_bytes_per_second=625_000, limit_until=ahead, congestion="cubic"
    )
    coming = StudyReport(
        study_instance_uid="2.25.1", state="forwarding", percent=40, bytes=120_000_000, left_bytes=48_000_000,
        done_at=ahead,
    )  # fmt: skip
    beat = Heartbeat(
        version="0.1.0", protocol=PROTOCOL, unread_orders=2, order_refusals=[refusal], sending=sending, studies=[coming]
    )
    hub.hear(gateway, beat)
    legs = [Leg(name=name, state="ok", at=now().isoformat(), seconds=0.3) for name in LEGS if name != "in-pacs"]
    legs.append(Leg(name="in-pacs", state="dead", at=now().isoformat(), error="PACS does not answer"))
    pulses = hub.hub.gateways.pulses
    pulses.begin(gateway, pulse_uid(gateway.gateway_id, "study"))
    pulses.end(gateway, Pulse(began_at=now(), ended_at=now(), minutes=5, legs=complete(legs)))
    yield
    hub.hub.gateways.revoke(gateway.gateway_id, actor="test")


@pytest.mark.usefixtures("dead")
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_dead_leg_is_named(language: str, visiting: Visiting, pictures: Path) -> None:
    visitor = visiting(f"kenko-{language}", Grant(Role.MAINTAINER, None), language=language)
    visitor.open("/gateways")
    page = visitor.page
    for said in _SAID[language]:
        expect(page.get_by_text(said).first).to_be_visible()
    assert page.locator("nav [data-tone=danger]").count() == 1
    page.get_by_text(_SAID[language][0]).scroll_into_view_if_needed()
    page.screenshot(path=pictures / f"health.{language}.png")
