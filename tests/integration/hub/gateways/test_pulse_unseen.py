"""The test patient of a pulse is nobody: no search finds its study, and what is lent for it opens nothing else."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from dokuei.clock import now
from dokuei.errors import ProofError
from dokuei.hub.gateways import store_pulses
from dokuei.hub.gateways.model import Gateway
from dokuei.hub.neighbours import asked_study
from dokuei.hub.neighbours_of_audits import ArchivePatients
from dokuei.hub.order_door import content_of
from dokuei.hub.requests.placing import Author
from dokuei.storage.db import hub_metadata
from dokuei.transfer.orders import Order, OrderedName, OrderedPatient, OrderNotice
from dokuei.transfer.pulses import FrameWanted
from tests.makers.whole_hub import WholeHub, whole_hub

_BASE = "/sites/kita/dicom-web"


def _rows(hub: WholeHub) -> dict[str, int]:
    with hub.hub.stores.database.read() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in hub_metadata.tables.items()
        }


def test_no_search_finds_the_study_of_a_pulse(tmp_path: Path) -> None:
    with whole_hub(tmp_path) as hub, hub.client(hub.token("kita")) as client:
        (found,) = client.get(f"{_BASE}/studies").json()
        study = found["0020000D"]["Value"][0]
        below = [f"{_BASE}/studies/{study}/series", f"{_BASE}/series", f"{_BASE}/instances"]
        (one, *_) = client.get(below[-1]).json()
        assert all(client.get(path).json() for path in below)
        with hub.hub.stores.database.begin() as connection:
            store_pulses.expect(connection, gateway_id="g", site_id="minami", study_instance_uid=study)
        assert len(client.get(f"{_BASE}/studies").json()) == 1, "another site's pulse is not this one's"
        with hub.hub.stores.database.begin() as connection:
            store_pulses.expect(connection, gateway_id="g", site_id="kita", study_instance_uid=study)
            assert ArchivePatients().sought(connection, study, site_ids=None, at_most=9) == ()
        for path in (f"{_BASE}/studies", *below):
            answer = client.get(path)
            assert answer.status_code == 204 or answer.json() == [], path
        wanted = FrameWanted(
            study_instance_uid=study,
            series_instance_uid=one["0020000E"]["Value"][0],
            sop_instance_uid=one["00080018"]["Value"][0],
        )
        _what_is_lent_opens_one_study_for_a_moment(hub, wanted)
        _a_trial_joins_and_leaves_nothing(hub, study)


def _what_is_lent_opens_one_study_for_a_moment(hub: WholeHub, wanted: FrameWanted) -> None:
    pulses = hub.hub.gateways.pulses
    gateway = Gateway("g", "kita", "門", "", now() + timedelta(days=9), now())
    study = f"{_BASE}/studies/{wanted.study_instance_uid}"
    frame = f"{study}/series/{wanted.series_instance_uid}/instances/{wanted.sop_instance_uid}/frames/1"
    before = _rows(hub)
    with hub.client(pulses.lend(gateway, wanted)) as reader:
        asked = {"Accept": "application/octet-stream; transfer-syntax=*"}
        assert reader.get(frame, headers=asked).status_code == 200
        refused = [_BASE + "/studies", "/dicom-web/studies", f"{_BASE}/studies/1.2.3/metadata", "/api/v1/worklist"]
        refused += ["/api/v1/requests", "/api/v1/session", "/api/v1/people", "/metrics", "/fhir/Patient"]
        refused += [frame.replace("kita", "minami")]
        assert {path: reader.get(path).status_code for path in refused} == dict.fromkeys(refused, 404)
        with hub.hub.stores.database.begin() as connection:
            store_pulses.lend(connection, "g", "another", until=now() + timedelta(minutes=1))
        hub.hub.identity.access.forget_all()
        assert reader.get(frame, headers=asked).status_code == 401, "lent anew to somebody else"
    after = {name: count for name, count in _rows(hub).items() if name not in {"audit_entry", "audit_head"}}
    assert after == {name: before[name] for name in after}


def _a_trial_joins_and_leaves_nothing(hub: WholeHub, study: str) -> None:
    known = replace(asked_study(hub.hub.archive.study_summary("kita", study)), accession_number="A-9")
    patient = known.patient
    names = OrderedName(alphabetic=patient.name.alphabetic, ideographic=patient.name.ideographic)
    who = OrderedPatient(patient_id=patient.patient_id, birth_date=patient.birth_date, name=names, sex=patient.sex)
    order = Order(action="new", placer_order_number="2.25.9", accession_number=known.accession_number, patient=who)
    author, trial = Author("gateway:g", "門"), hub.hub.requests.trial
    before = _rows(hub)
    trial.match("kita", content_of(order), known, source="hl7", author=author)
    others = order.model_copy(update={"patient": OrderedPatient(patient_id="ANOTHER", birth_date="19010101")})
    with pytest.raises(ProofError, match="not joined"):
        trial.match("kita", content_of(others), known, source="hl7", author=author)
    assert _rows(hub) == before


def test_an_order_of_a_test_patient_whom_nobody_expects_is_refused(tmp_path: Path) -> None:
    """It never becomes a patient's request."""
    with whole_hub(tmp_path) as hub:
        order = Order(action="new", placer_order_number="2.25.9", patient=OrderedPatient(patient_id="T"))
        notice = OrderNotice(message_key="m/1", source="pulse", received_at=now(), order=order)
        gateway = Gateway("g", "kita", "門", "", now() + timedelta(days=9), now())
        before = _rows(hub)
        assert not hub.hub.gateways.pulses.keep_order(gateway, notice)
        assert _rows(hub) == before
        with hub.hub.stores.database.begin() as connection:
            store_pulses.expect(connection, gateway_id="g", site_id="kita", study_instance_uid="2.25.1")
        assert hub.hub.gateways.pulses.keep_order(gateway, notice)
        assert hub.hub.gateways.pulses.order(gateway) == (order, "2.25.1")
