"""The test patient's document is asked for as reports are: kept, not kept, refused, silent, or never asked."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dokuei.clock import now
from dokuei.dicom.encapsulated_pdf import ENCAPSULATED_PDF
from dokuei.errors import PeerRefusedError, UnreachableError
from dokuei.gateway.commitment_heard import hear
from dokuei.gateway.commitment_tables import commitment_request
from dokuei.gateway.link import Link
from dokuei.gateway.pulse_commitment import Committing
from dokuei.settings import Settings
from dokuei.storage.audit import gateway_entries
from tests.integration.gateway.test_commitment_asked import KeepingPacs, report_of, there
from tests.integration.gateway.test_deliver import opened
from tests.makers.delivering import Pacs
from tests.makers.peers import free_port

_DOCUMENT = ((ENCAPSULATED_PDF, "2.25.7"),)


@pytest.fixture
def pacs() -> Iterator[KeepingPacs]:
    with KeepingPacs(free_port()).running() as running:
        yield running


@pytest.fixture
def committing(tmp_path: Path) -> Iterator[Committing]:
    database = opened(tmp_path)
    yield Committing(Settings(home=tmp_path), database, Link(1.0, threading.Event()))
    database.close()


def requests(committing: Committing) -> int:
    with committing.database.read() as connection:
        assert connection.execute(select(gateway_entries)).all() == [], "nothing of the test patient is on record"
        return len(connection.execute(select(commitment_request)).all())


def test_what_the_pacs_says_is_what_the_leg_is_worth(pacs: KeepingPacs, committing: Committing) -> None:
    assert committing.ask(there(pacs.port), _DOCUMENT, seconds=20) == "ok"
    (asked,) = pacs.asked
    assert asked.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "2.25.7"
    pacs.failing = 0x0112
    with pytest.raises(PeerRefusedError, match="does not keep it: 0x0112 no such object"):
        committing.ask(there(pacs.port), _DOCUMENT, seconds=20)
    pacs.failing, pacs.refusing = 0, 0x0110
    with pytest.raises(PeerRefusedError, match="refused: status 0x0110"):
        committing.ask(there(pacs.port), _DOCUMENT, seconds=20)
    assert requests(committing) == 0


def test_a_pacs_that_reports_late_is_waited_for_and_one_that_is_silent_for_long_is_dead(
    pacs: KeepingPacs, committing: Committing
) -> None:
    """A late word counts with the next pulse, a bad one too; one of the requests is answered by itself."""
    pacs.silent = True
    for _ in range(2):
        assert committing.ask(there(pacs.port), _DOCUMENT, seconds=0.1) == "waiting"
    hear(committing.database, report_of(pacs.asked[0]))
    assert committing.ask(there(pacs.port), _DOCUMENT, seconds=0.1) == "waiting"
    hear(committing.database, report_of(pacs.asked[1], failing=0x0110))
    with pytest.raises(PeerRefusedError, match="processing failure"):
        committing.ask(there(pacs.port), _DOCUMENT, seconds=0.1)
    with committing.database.begin() as connection:
        connection.execute(update(commitment_request).values(asked_at=now() - timedelta(minutes=31)))
    with pytest.raises(UnreachableError, match="has not answered"):
        committing.ask(there(pacs.port), _DOCUMENT, seconds=0.1)
    pacs.silent = False
    assert committing.ask(there(pacs.port), _DOCUMENT, seconds=20) == "ok"


def test_a_pacs_without_commitment_is_a_leg_that_nobody_set_up_unless_it_is_required(committing: Committing) -> None:
    with Pacs(free_port()).running() as plain:
        assert committing.ask(there(plain.port), _DOCUMENT, seconds=1) == "skipped"
        with pytest.raises(PeerRefusedError, match="does not offer storage commitment"):
            committing.ask(there(plain.port, "required"), _DOCUMENT, seconds=1)
    with pytest.raises(UnreachableError, match="does not answer"):
        committing.ask(there(plain.port), _DOCUMENT, seconds=1)
