import random
import time
from pathlib import Path

import pytest

from tests.integration.transfer.conftest import Site
from tests.makers.gateway_worker import add_coded, study_uid

_OVERHEAD = 400_000  # TLS, HTTP, offers, manifests and heartbeats of a whole test, beside the objects' bytes


def _files(home: Path) -> dict[str, bytes]:
    return {file.stem: file.read_bytes() for file in (home / "hub" / "plain" / "kita").rglob("*.dcm")}


def _everything_is_there_once(site: Site, study: str, expected: dict[str, str]) -> None:
    assert site.hub.held("kita", study) == expected
    order = (site.hub.home / "hub" / "plain" / "kita" / study / "order.txt").read_text().splitlines()
    assert sorted(line.split()[1] for line in order) == sorted(expected)


def test_a_study_goes_over_whole_and_the_gateway_lets_go_only_then(site: Site) -> None:
    """REC-12: files are removed after the hub has proved every object and its manifest, not before."""
    study = study_uid(1)
    coded = add_coded(site.worker.home, study, [100, 300_000, 5_000_000, 1])
    files = [file for file in site.worker.home.rglob("*.dcm") if file.is_file()]
    assert len(files) == 2 * len(coded)
    site.worker.start()
    site.worker.wait_at_hub(study)
    _everything_is_there_once(site, study, {one.sop_instance_uid: one.content_digest for one in coded})
    deadline = time.monotonic() + 5
    while any(file.exists() for file in files) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(file.exists() for file in files)
    assert (site.hub.home / "hub" / "plain" / "kita" / f"{study}.manifest.json").exists()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_cut_anywhere_costs_less_than_2_mb_even_inside_one_large_object(site: Site, seed: int) -> None:
    """The byte count is taken on the line; cuts fall at random bytes of 60 MB in one object and of small ones."""
    chance = random.Random(seed)  # noqa: S311 - a test that can be repeated
    study = study_uid(2)
    sizes = [60_000_000] + [chance.randint(1, 500_000) for _ in range(20)]
    chance.shuffle(sizes)
    coded = add_coded(site.worker.home, study, sizes)
    total = sum(one.size for one in coded)
    marks = sorted(chance.randint(100_000, total - 1) for _ in range(4))
    site.line.cut_at = marks.pop(0)

    def cut_again() -> None:
        if site.line.cut_at is None and marks:
            site.line.cut_at = max(marks.pop(0), site.line.to_hub + 1)

    site.worker.start()
    site.worker.wait_at_hub(study, seconds=90, poll=cut_again)
    assert site.line.cuts >= 3
    assert site.line.to_hub - total < site.line.cuts * 2_000_000 + _OVERHEAD
    per_cut = (site.line.to_hub - total - _OVERHEAD) / site.line.cuts
    assert per_cut < 2_000_000
    _everything_is_there_once(site, study, {one.sop_instance_uid: one.content_digest for one in coded})
    assert all(_files(site.hub.home).values())


def test_either_side_may_be_killed_at_any_moment(site: Site) -> None:
    """Nothing acknowledged is lost and nothing is there twice, whoever dies and whenever."""
    chance = random.Random(7)  # noqa: S311 - a test that can be repeated
    study = study_uid(3)
    coded = add_coded(site.worker.home, study, [chance.randint(1, 2_000_000) for _ in range(60)])
    site.line.bytes_per_second = 12_000_000
    site.worker.start()
    for _ in range(6):
        time.sleep(chance.uniform(0.3, 1.6))
        if chance.random() < 0.5:
            site.hub.kill()
            site.hub.start()
        else:
            site.worker.kill()
            site.worker.start()
    site.worker.wait_at_hub(study, seconds=90)
    _everything_is_there_once(site, study, {one.sop_instance_uid: one.content_digest for one in coded})
    sent = _files(site.hub.home)
    assert {len(sent[one.sop_instance_uid]) for one in coded} == {one.size for one in coded}


def test_what_the_hub_has_is_not_sent_again(site: Site) -> None:
    study = study_uid(4)
    coded = add_coded(site.worker.home, study, [3_000_000, 2_000_000])
    folder = site.hub.home / "hub" / "plain" / "kita" / study
    folder.mkdir(parents=True)
    (folder / f"{coded[0].sop_instance_uid}.digest").write_text(coded[0].content_digest)
    site.worker.start()
    site.worker.wait_at_hub(study)
    assert 2_000_000 <= site.line.to_hub < 2_000_000 + _OVERHEAD


def test_another_sites_objects_are_sent_although_the_hub_has_the_same_bytes(site: Site) -> None:
    """Two sites never share: what another site has under the same UIDs counts for nothing."""
    study = study_uid(5)
    coded = add_coded(site.worker.home, study, [1_000_000])
    folder = site.hub.home / "hub" / "plain" / "minami" / study
    folder.mkdir(parents=True)
    (folder / f"{coded[0].sop_instance_uid}.digest").write_text(coded[0].content_digest)
    site.worker.start()
    site.worker.wait_at_hub(study)
    assert site.line.to_hub >= 1_000_000


def test_after_a_silent_outage_a_new_connection_carries_on_at_once(site: Site) -> None:
    """TCP alone would wait about 11 s; a line that says nothing for 5 s is given up and a new one opened."""
    study = study_uid(6)
    add_coded(site.worker.home, study, [40_000_000])
    site.line.bytes_per_second = 5_000_000
    site.worker.start()
    while site.line.to_hub < 4_000_000:
        time.sleep(0.05)
    before = site.line.connections
    site.line.hold = True
    silent = time.monotonic()
    while site.line.connections == before:  # a new connection is tried while the old one is silent
        assert time.monotonic() - silent < 9.0
        time.sleep(0.05)
    time.sleep(0.5)
    back = time.monotonic()
    moved = site.line.to_hub
    site.line.hold = False
    while site.line.to_hub < moved + 2_000_000:
        assert time.monotonic() - back < 6.0, site.worker.log()[-2000:]
        time.sleep(0.02)
    site.line.bytes_per_second = 0.0
    site.worker.wait_at_hub(study)


def test_an_urgent_study_overtakes_a_running_upload(site: Site) -> None:
    bulk, urgent = study_uid(7), study_uid(8)
    add_coded(site.worker.home, bulk, [20_000_000])
    site.line.bytes_per_second = 2_000_000
    site.worker.start()
    while site.line.to_hub < 1_000_000:
        time.sleep(0.02)
    (coded,) = add_coded(site.worker.home, urgent, [100_000], priority=1)
    while coded.sop_instance_uid not in site.hub.held("kita", urgent):
        assert not site.hub.held("kita", bulk), "the bulk was not overtaken"
        time.sleep(0.02)
    assert not site.hub.held("kita", bulk), "the urgent study is proved while the other still runs"
    site.line.bytes_per_second = 0.0
    site.worker.wait_at_hub(bulk)


def test_the_way_is_shown_in_percent_and_at_the_hub_is_said_last(site: Site) -> None:
    study = study_uid(9)
    add_coded(site.worker.home, study, [10_000_000])
    site.line.bytes_per_second = 3_000_000
    site.worker.start()
    seen: list[tuple[str, int]] = []
    deadline = time.monotonic() + 30
    while not seen or seen[-1][0] != "at-hub":
        report = site.worker.report(study)
        assert report is not None
        if (report.state, report.percent) not in seen:
            seen.append((report.state, report.percent))
        assert time.monotonic() < deadline, seen
        time.sleep(0.1)
    assert seen[0] == ("proved", 0)
    assert len([percent for state, percent in seen if state == "forwarding"]) >= 3
    assert all(percent < 100 for state, percent in seen if state != "at-hub")
    assert [percent for _, percent in seen] == sorted(percent for _, percent in seen)
    (heard,) = site.hub.service.gateways(["kita"])
    assert heard.studies[0]["study_instance_uid"] == study


def test_an_object_that_the_hub_refuses_is_said_and_stays_in_the_hospital(site: Site) -> None:
    study = study_uid(10)
    add_coded(site.worker.home, study, [5000], reason="refuse me")
    site.worker.start()
    deadline = time.monotonic() + 20
    while (report := site.worker.report(study)) is None or report.state != "problem":
        assert time.monotonic() < deadline, report
        time.sleep(0.1)
    assert "as the test wishes" in report.error
    assert len(list((site.worker.home / "gateway").rglob("*.dcm"))) == 2


def test_an_object_on_which_the_hub_breaks_holds_back_none_of_the_others(site: Site) -> None:
    good, odd = study_uid(11), study_uid(12)
    add_coded(site.worker.home, odd, [5000], reason="break")
    add_coded(site.worker.home, good, [5000] * 20)
    site.worker.start()
    site.worker.wait_at_hub(good)
    deadline = time.monotonic() + 30
    while (report := site.worker.report(odd)) is None or "judging broke" not in report.error:
        assert time.monotonic() < deadline, report
        time.sleep(0.1)
    assert report.state != "at-hub"
