"""What the gateway's status says of signed reports on their way back."""

from datetime import UTC, datetime
from io import StringIO
from typing import get_args

import pytest
from rich.console import Console

from dokuei.cli.gateway_reports_table import plain_reports, reports_table, troubles_in_words
from dokuei.gateway.outlet_tables import Line, ReportCounts
from dokuei.gateway.trouble_tables import Step, Trouble
from dokuei.transfer.deliveries import OutletName, PlaceState

_AT = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def _line(state: str, *, outlet: str = "pacs", stamps: int = 0, reason: str = "") -> Line:
    return Line("1.2.3", "pdf", 1, stamps, outlet, state, "PACS", reason, _AT)


def _shown(reports: ReportCounts, language: str) -> str:
    table = reports_table(reports, language)
    assert table is not None
    text = StringIO()
    Console(file=text, width=240).print(table)
    return text.getvalue()


def test_nothing_is_said_where_no_report_was_ever_brought() -> None:
    assert reports_table(ReportCounts(0, 0, ()), "ja") is None


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_state_at_each_place_has_words(language: str) -> None:
    places = [_line(state, outlet=outlet) for state in get_args(PlaceState) for outlet in get_args(OutletName)]
    text = _shown(ReportCounts(1, 2, (*places, _line("waiting", outlet=""))), language)
    untranslated = [state for state in get_args(PlaceState) if f" {state} " in text]
    assert untranslated == []
    assert ("到着 1件、未着 2件" if language == "ja" else "1 arrived, 2 not yet") in text


def test_why_it_is_not_there_and_what_was_stamped_anew_is_seen() -> None:
    reports = ReportCounts(0, 1, (_line("refused", stamps=1, reason="status 0xA700 [/]"),))
    text = _shown(reports, "ja")
    assert "status 0xA700 [/]" in text
    assert "タイムスタンプ更新1回" in text
    (told,) = plain_reports(reports)["places"]
    assert (told["state"], told["stamps"], told["at"]) == ("refused", 1, "2026-11-30T09:00:00+00:00")


def test_that_the_other_side_refuses_is_said_in_both_languages() -> None:
    troubles = tuple(Trouble(step, 3, _AT, "no such delivery") for step in get_args(Step))
    for language, refuses in (("ja", "拒否"), ("en", "refuses")):
        fetching, telling = troubles_in_words(ReportCounts(0, 0, (), troubles), language)
        assert "no such delivery" in fetching
        assert (refuses in telling, "3" in telling) == (True, True)
    told = plain_reports(ReportCounts(0, 0, (), troubles))["troubles"]
    assert [(one["step"], one["since"]) for one in told] == [(step, _AT.isoformat()) for step in get_args(Step)]
