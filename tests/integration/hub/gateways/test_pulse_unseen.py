"""The test patient of a pulse is nobody: while its study is here, no search finds it."""

from pathlib import Path

from dokuei.hub.gateways import store_pulses
from tests.makers.whole_hub import whole_hub


def test_no_search_finds_the_study_of_a_pulse(tmp_path: Path) -> None:
    with whole_hub(tmp_path) as hub, hub.client(hub.token("kita")) as client:
        base = "/sites/kita/dicom-web"
        (found,) = client.get(f"{base}/studies").json()
        study = found["0020000D"]["Value"][0]
        below = [f"{base}/studies/{study}/series", f"{base}/series", f"{base}/instances"]
        assert all(client.get(one).json() for one in below)
        with hub.hub.stores.database.begin() as connection:
            store_pulses.expect(connection, gateway_id="g", site_id="minami", study_instance_uid=study)
        assert len(client.get(f"{base}/studies").json()) == 1, "another site's pulse is not this one's"
        with hub.hub.stores.database.begin() as connection:
            store_pulses.expect(connection, gateway_id="g", site_id="kita", study_instance_uid=study)
        for one in (f"{base}/studies", *below):
            answer = client.get(one)
            assert answer.status_code == 204 or answer.json() == [], one
