"""What was agreed with a hospital and whom to call there, kept from the command line as from the page."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dokuei.cli.main import build
from dokuei.errors import DokueiError
from dokuei.hub.prepare import open_stores, prepare_hub
from dokuei.hub.sites.register import Contact
from dokuei.hub.sites.service import SitesService
from dokuei.settings import read_settings
from dokuei.storage.audit import hub_trail

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    prepare_hub(read_settings(tmp_path))

    def command(*arguments: str, language: str = "ja") -> str:
        wide = {"COLUMNS": "300", "DOKUEI_LANGUAGE": language}
        done = CliRunner().invoke(build(["site"]), ["site", *arguments, "--home", str(tmp_path)], env=wide)
        if done.exception is not None:
            raise done.exception
        return done.output

    command("add", "kita", "--name", "北病院", "--from", "2026-01-01")
    return command


def _kept(home: Path) -> tuple[SitesService, list[dict[str, str]]]:
    """The register, and what the trail says of contracts."""
    database = open_stores(read_settings(home)).database
    with database.read() as connection:
        events = ("contract.recorded", "contract.changed", "contract.terminated")
        entries = [one for event in events for one in hub_trail.named(connection, event)]
    return SitesService(database), [json.loads(one.details) for one in entries]


def test_a_contracts_scope_and_turnaround_are_said_and_taken_back_with_a_reason(run: Run, tmp_path: Path) -> None:
    """JRS-03: what a hospital's requests are held against; no version is written over."""
    change = ("contract", "change", "kita", "--because", "改定")
    shown = run(*change, "--modality", "mg", "--modality", "US", "--kind", "screening", "--turnaround", "routine=3d")
    assert all(said in shown for said in ("有効", "MG US", "検診読影", "通常 3営業日", "2026-01-01"))
    run(*change, "--turnaround", "routine=5d", "--turnaround", "urgent=4h", "--fee", "1件 3,000円")
    shown = run("contract", "list", "kita", language="en")
    assert all(said in shown for said in ("valid", "MG US", "screening", "routine 5 working days, urgent 4 hours"))
    assert "every" in run(*change, "--modality", "every", language="en")
    run("contract", "record", "kita", "--from", "2030-01-01", "--kind", "second_reading")
    assert "開始前" in run("contract", "list", "kita")
    run("contract", "end", "kita", "--on", "2030-06-30", "--because", "閉院")
    sites, entries = _kept(tmp_path)
    coming, present = (one.present for one in sites.contracting.of_site("kita"))
    assert (present.number, present.terms.modalities, present.terms.fee) == (4, (), "1件 3,000円")
    assert str(coming.terms.terminated_on) == "2030-06-30"
    assert [one["because"] for one in entries].count("改定") == 3


@pytest.mark.parametrize(
    "wrong",
    [
        ("change", "kita", "--because", "x", "--turnaround", "routine=3"),
        ("change", "kita", "--because", " ", "--modality", "MG"),
        ("change", "kita", "--because", "x", "--kind", "everything"),
        ("change", "kita", "--because", "x", "--contract", "0", "--modality", "MG"),
        ("change", "nowhere", "--because", "x", "--modality", "MG"),
        ("end", "kita", "--on", "2020-01-01", "--because", "x"),
        ("list", "nowhere"),
    ],
)
def test_terms_that_cannot_stand_are_refused_and_nothing_changes(run: Run, tmp_path: Path, wrong: tuple[str]) -> None:
    with pytest.raises(DokueiError):
        run("contract", *wrong)
    (contract,) = _kept(tmp_path)[0].contracting.of_site("kita")
    assert contract.present.number == 1


def test_contacts_are_named_by_hour_changed_tried_and_ended(run: Run, tmp_path: Path) -> None:
    """REPORT-14: whom to call at which hours, and whether a call was tried."""

    def kept() -> tuple[Contact, ...]:
        return _kept(tmp_path)[0].registering.contacts(("kita",))["kita"]

    assert run("contact", "list", "kita") == "連絡先の登録はありません\n"
    run("contact", "add", "kita", "--hours", "night", "--name", "当直 [受付]", "--telephone", "011-1")
    shown = run("contact", "add", "kita", "--hours", "weekday", "--name", "放射線科", "--telephone", "011-2")
    assert shown.index("平日日勤") < shown.index("夜間"), "in the order of the hours"
    assert "当直 [受付]" in shown, "what somebody typed is no markup"
    night = next(one for one in kept() if one.hours == "night").contact_id
    assert "応答あり" in run("contact", "tested", "kita", night, "--reached")
    assert run("contact", "change", "kita", night, "--telephone", "011-3").count("未試験") == 2, "another number"
    assert "Not reached".lower() in run("contact", "tested", "kita", night, "--not-reached", language="en")
    for wrong in (("add", "kita", "--hours", "noon", "--name", "x", "--telephone", "1"), ("end", "kita", "0")):
        with pytest.raises(DokueiError):
            run("contact", *wrong)
    run("contact", "end", "kita", night)
    assert [one.name for one in kept()] == ["放射線科"]


def test_the_list_of_hospitals_speaks_the_homes_language(run: Run) -> None:
    assert all(said in run("list") for said in ("施設ID", "期限なし", "実名"))
    assert "without a term" in run("list", language="en")
