import time

from tests.integration.transfer.conftest import Site
from tests.makers.gateway_worker import add_coded, study_uid


def test_sigterm_in_the_middle_of_an_upload_ends_the_worker_quickly_and_it_goes_on_later(site: Site) -> None:
    study = study_uid(1)
    coded = add_coded(site.worker.home, study, [20_000_000, 1000])
    total = sum(one.size for one in coded)
    site.line.bytes_per_second = 4_000_000
    site.worker.start()
    while site.line.to_hub < 5_000_000:
        time.sleep(0.05)
    begun = time.monotonic()
    site.worker.stop()
    assert time.monotonic() - begun < 8
    site.line.bytes_per_second = 0.0
    site.worker.start()
    site.worker.wait_at_hub(study)
    assert site.line.to_hub - total < 2_400_000


def test_a_dead_line_does_not_hold_a_stop_up(site: Site) -> None:
    add_coded(site.worker.home, study_uid(2), [20_000_000])
    site.line.bytes_per_second = 4_000_000
    site.worker.start()
    while site.line.to_hub < 2_000_000:
        time.sleep(0.05)
    site.line.hold = True
    begun = time.monotonic()
    site.worker.stop()
    assert time.monotonic() - begun < 8


def test_a_stop_of_the_hub_does_not_wait_for_an_upload_that_is_open(site: Site) -> None:
    add_coded(site.worker.home, study_uid(3), [40_000_000])
    site.line.bytes_per_second = 2_000_000
    site.worker.start()
    while site.line.to_hub < 2_000_000:
        time.sleep(0.05)
    process = site.hub.process
    assert process is not None
    begun = time.monotonic()
    process.terminate()
    process.wait(10)
    assert time.monotonic() - begun < 8
