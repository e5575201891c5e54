"""Earlier studies out of a PACS: what it answers, what it refuses, and what of that is kept as the ledger."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from sqlalchemy import update

from dokuei.clock import now
from dokuei.dicom.pseudonym import Pseudonyms
from dokuei.errors import PeerRefusedError, RequestError
from dokuei.gateway.keep import Keeper
from dokuei.gateway.link import Link
from dokuei.gateway.look import Origin
from dokuei.gateway.pipeline import Pipeline
from dokuei.gateway.priors import tables
from dokuei.gateway.priors.query import find
from dokuei.gateway.priors.retrieve import get
from dokuei.gateway.priors.rules import Current, Person
from dokuei.gateway.priors.tables import Prior, Search
from dokuei.gateway.priors.watch import want
from dokuei.gateway.priors.work import Priors, demand_own_patient
from dokuei.gateway.pseudonyms import TRUE, Naming
from dokuei.gateway.spool import Spool, State, open_spool
from dokuei.settings import Destination, Settings
from dokuei.storage.audit import gateway_trail
from tests.makers.archive import MG, image
from tests.makers.peers import Orthanc, orthanc_program, running_orthanc
from tests.makers.prior_pacs import PriorPacs, answer
from tests.makers.receiver import Receiver, running_receiver

PERSON = Person("P1", "", "19700101", "F")
CURRENT = Current("9.9", "20261130", ("MG",))


@dataclass
class Ledger:
    """The part in question on a gateway's queue, with one patient who has come up."""

    priors: Priors
    spool: Spool

    @property
    def search(self) -> Search:
        with self.spool.database.read() as connection:
            (found,) = tables.of_patient(connection, PERSON.patient_id)
        return found

    @property
    def studies(self) -> list[Prior]:
        with self.spool.database.read() as connection:
            return tables.priors_of(connection, [self.search.id])[self.search.id]

    def told(self, *held: str) -> None:
        """The hub has heard of everything."""
        with self.spool.database.begin() as connection:
            tables.told(connection, self.search, [one.study_instance_uid for one in self.studies], held=held)

    def fetch(self) -> bool:
        with Keeper(self.spool) as keeper:
            return self.priors.fetch_one(keeper)

    def due(self) -> None:
        """Every wait is over."""
        with self.spool.database.begin() as connection:
            connection.execute(update(tables.search).values(not_before=None))
            connection.execute(update(tables.study).values(not_before=None))


def ledger_of(home: Path, settings: Settings) -> Ledger:
    home.mkdir(exist_ok=True)
    spool = open_spool(home)
    with spool.database.begin() as connection:
        want(connection, PERSON, CURRENT)
    link = Link(1.0, threading.Event())
    return Ledger(Priors(settings, spool, link, lambda: pytest.fail("no hub"), lambda: Pseudonyms(b"k" * 32)), spool)


def settings_of(home: Path, port: int, **more: object) -> Settings:
    pacs = Destination(ae_title="PACS", host="127.0.0.1", port=port)
    settings = Settings(home=home)
    gateway = settings.gateway
    priors = gateway.priors.model_copy(update=more)
    return settings.model_copy(update={"gateway": gateway.model_copy(update={"pacs": pacs, "priors": priors})})


@pytest.fixture
def pacs() -> Iterator[PriorPacs]:
    with PriorPacs().running() as running:
        yield running


@pytest.fixture
def ledger(pacs: PriorPacs, tmp_path: Path) -> Iterator[Ledger]:
    made = ledger_of(tmp_path, settings_of(tmp_path, pacs.port))
    with closing(made.spool):
        yield made


def test_what_the_pacs_has_is_a_ledger_in_japanese_without_other_patients(pacs: PriorPacs, ledger: Ledger) -> None:
    """IMG-12 REC-10: an answer that names somebody else is counted, and nothing of it is kept."""
    pacs.studies = [
        answer("1.1"),
        answer("1.2", day="20240401", ModalitiesInStudy="", StudyDescription=""),
        answer("1.3", patient_id="P2"),
        answer("1.4", PatientBirthDate="19991231"),
        answer("9.9", day="20261130"),
        answer("", day="20230401"),
    ]
    pacs.series = [answer("1.2", Modality="MR", BodyPartExamined="BREAST", NumberOfSeriesRelatedInstances=60)]
    ledger.priors.ask()
    assert (ledger.search.state, ledger.search.others) == ("answered", 2)
    told = [(one.study_instance_uid, one.modalities, one.description, one.instances) for one in ledger.studies]
    assert told == [("1.1", ("MG",), "マンモグラフィ", 2), ("1.2", ("MR",), "", 2)]
    assert {one.state for one in ledger.studies} == {"exists"}
    assert pacs.asked[0].PatientID == "P1"
    ledger.priors.ask()
    assert len(pacs.asked) == 2, "studies once, and series of the one that did not say what it is"


def test_a_pacs_that_refuses_or_is_gone_is_asked_again_and_said_to_be(pacs: PriorPacs, ledger: Ledger) -> None:
    pacs.refusing = 0xA700
    ledger.priors.ask()
    assert (ledger.search.state, ledger.search.attempts) == ("failing", 1)
    assert "0xA700" in ledger.search.reason
    ledger.priors.ask()
    assert len(pacs.asked) == 1, "not before its time"
    pacs.refusing = 0
    pacs.studies = [answer("1.1")]
    ledger.due()
    ledger.priors.ask()
    assert (ledger.search.state, ledger.search.reason) == ("answered", "")


def test_without_anybody_at_the_port_the_reason_says_so(tmp_path: Path) -> None:
    made = ledger_of(tmp_path, settings_of(tmp_path, 1))
    with closing(made.spool):
        made.priors.ask()
        assert "does not answer" in made.search.reason
        with pytest.raises(RequestError):
            find(
                made.priors.settings,
                Destination(ae_title="P", host="127.0.0.1", port=1),
                replace(PERSON, patient_id="P*"),
            )


@pytest.mark.parametrize(
    ("knows_us", "hangs_up", "state", "said"),
    [
        (False, False, "refused", "does not know the gateway"),
        (True, False, "refused", "could not send 1 of 1"),
        (True, True, "requested", "went away in the middle"),
    ],
)
def test_a_study_that_does_not_come_is_tried_again_later(
    pacs: PriorPacs, ledger: Ledger, *, knows_us: bool, hangs_up: bool, state: str, said: str
) -> None:
    """The reason stands in the ledger until it has come; the next one is not held up by it."""
    pacs.studies = [answer("1.1"), answer("1.2", day="20240401")]
    pacs.knows_us, pacs.hangs_up = knows_us, hangs_up
    ledger.priors.ask()
    assert not ledger.fetch(), "nothing is fetched before the hub has said what it has"
    ledger.told()
    assert ledger.fetch()
    first = ledger.studies[0]
    assert (first.state, first.attempts) == (state, 1)
    assert said in first.reason
    assert ledger.fetch()
    assert not ledger.fetch(), "both wait"
    assert pacs.moved == ["1.1", "1.2"]
    assert ledger.search.version > 2, "the hub hears of it"


def test_what_the_hub_has_is_not_fetched(pacs: PriorPacs, ledger: Ledger) -> None:
    pacs.studies = [answer("1.1")]
    ledger.priors.ask()
    ledger.told("1.1")
    assert [one.state for one in ledger.studies] == ["arrived"]
    assert not ledger.fetch()
    assert pacs.moved == []


def test_objects_that_name_another_patient_go_no_further(pacs: PriorPacs, ledger: Ledger, tmp_path: Path) -> None:
    """REC-10: whatever the PACS said of the study, what it sent is looked at before anything leaves."""
    pacs.studies = [answer("1.1")]
    ledger.priors.ask()
    ledger.told()
    with Keeper(ledger.spool) as keeper:
        for number, patient_id in enumerate(("P2", "P1"), 1):
            keep(keeper, tmp_path / f"{number}.dcm", image(study="1.1", number=number, patient_id=patient_id))
    assert ledger.fetch(), "two objects are here: nothing is asked for"
    assert pacs.moved == []
    own = demand_own_patient(ledger.spool)
    pipeline = Pipeline(ledger.spool, threading.Event(), lambda: Naming(TRUE, None), own)
    pipeline.work_on(ledger.spool.claim(2, bytes_at_most=1 << 20))
    assert sorted(one.state for one in ledger.spool.objects("1.1")) == [State.CODED, State.REFUSED]
    ledger.priors.settle()
    (prior,) = ledger.studies
    assert prior.state == "refused"
    assert prior.reason.endswith("1 of 2 objects are in quarantine at the gateway")


def keep(keeper: Keeper, path: Path, one: Dataset) -> None:
    """An object that has come in by the door."""
    one.save_as(path, enforce_file_format=True)
    incoming = keeper.begin()
    incoming.write(path.read_bytes())
    incoming.finish()
    incoming.find_dataset()
    keeper.keep(incoming, Origin())


def test_what_was_wanted_long_ago_is_given_up(pacs: PriorPacs, ledger: Ledger) -> None:
    pacs.refusing = 0xA700
    ledger.priors.ask()
    ledger.due()
    long_ago = now().replace(year=now().year - 1)
    with ledger.spool.database.begin() as connection:
        connection.execute(update(tables.search).values(wanted_at=long_ago))
    ledger.priors.ask()
    assert len(pacs.asked) == 1


@dataclass
class RealPacs:
    """Orthanc with two earlier mammograms of the patient, and a gateway's door that it knows."""

    orthanc: Orthanc
    receiver: Receiver
    studies: tuple[str, ...]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealPacs]:
    if orthanc_program() is None:
        pytest.skip("Orthanc is not installed (setup/system.sh test installs it)")
    folder = tmp_path_factory.mktemp("priors")
    with ExitStack() as stack:
        orthanc = stack.enter_context(running_orthanc(folder / "pacs"))
        receiver = stack.enter_context(running_receiver(folder / "home"))
        orthanc.knows("DOKUEI", receiver.port)
        studies = tuple(put(orthanc, folder, number) for number in (1, 2))
        yield RealPacs(orthanc, receiver, studies)


def put(orthanc: Orthanc, folder: Path, number: int, *, views: int = 2, side: int = 64) -> str:
    """Some views of an earlier round, in the PACS; their study."""
    uid = f"2.25.77{number}"
    for view in range(1, views + 1):
        cells = np.random.default_rng(view).integers(0, 4000, (side, side), np.uint16)
        one = image(cells, study=uid, series=f"{uid}.1", sop_class=MG, modality="MG", number=view, patient_id="P1")
        one.StudyDate = f"202{number}0401"
        file = folder / f"{number}-{view}.dcm"
        one.save_as(file, enforce_file_format=True)
        orthanc.put(file)
    return uid


def test_a_real_pacs_sends_the_studies_to_the_gateways_door(real: RealPacs) -> None:
    """IMG-12: found by C-FIND, sent by C-MOVE, last in the queue, and not asked for twice."""
    made = ledger_of(real.receiver.home, settings_of(real.receiver.home, real.orthanc.dimse_port))
    with closing(made.spool):
        made.priors.ask()
        assert sorted(one.study_instance_uid for one in made.studies) == sorted(real.studies)
        made.told()
        assert made.fetch()
        assert made.fetch()
        assert not made.fetch()
        assert [(one.state, one.here) for one in made.studies] == [("requested", True)] * 2
        for uid in real.studies:
            objects = made.spool.objects(uid)
            assert [(one.state, one.priority) for one in objects] == [(State.RECEIVED, -1)] * 2
        with made.spool.database.read() as connection:
            assert len(list(gateway_trail.named(connection, "prior.requested"))) == 2


def test_by_c_get_they_come_on_the_same_association(real: RealPacs, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, real.orthanc.dimse_port, retrieve="get")
    with closing(open_spool(tmp_path)) as spool, Keeper(spool) as keeper:
        pacs = settings.gateway.pacs
        assert pacs is not None
        assert get(settings, pacs, real.studies[0], keeper).completed == 2
        assert len(spool.objects(real.studies[0])) == 2
        with pytest.raises(PeerRefusedError):
            get(settings, pacs, "2.25.1", keeper)


def test_a_pacs_that_dies_in_the_middle_is_said_to_have_and_what_came_stays(real: RealPacs, tmp_path: Path) -> None:
    """The study stays on its way, with the reason, and nothing that came is asked of anybody again."""
    long = put(real.orthanc, tmp_path, 3, views=40, side=1000)
    made = ledger_of(real.receiver.home, settings_of(real.receiver.home, real.orthanc.dimse_port))
    with closing(made.spool):
        made.due()
        with made.spool.database.begin() as connection:
            connection.execute(update(tables.search).values(state="waiting"))
        made.priors.ask()
        made.told(*real.studies)
        fetching = threading.Thread(target=made.fetch)
        fetching.start()
        while not (came := len(made.spool.objects(long))):
            time.sleep(0.01)
        real.orthanc.process.kill()
        fetching.join(30)
        (prior,) = (one for one in made.studies if one.study_instance_uid == long)
        assert came < 40
        assert (prior.state, prior.here, prior.attempts) == ("requested", False, 1)
        assert "went away in the middle" in prior.reason
        made.due()
        made.fetch()
        (prior,) = (one for one in made.studies if one.study_instance_uid == long)
        assert "does not answer" in prior.reason
