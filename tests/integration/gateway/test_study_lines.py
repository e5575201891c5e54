"""How far studies are, and when they will be there: each waits for all that are sent before it."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

from dokuei.clock import now
from dokuei.gateway import forward_tables, sending_tables
from dokuei.gateway.sending_tables import SendingNow
from dokuei.gateway.spool import open_spool
from dokuei.gateway.status import study_lines
from dokuei.settings import SendingSettings
from tests.makers.gateway_worker import add_received
from tests.makers.objects import image, noise, save


def test_an_estimate_counts_what_the_hub_has_of_studies_that_no_page_shows(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.dcm" for name in ("older", "newer")]
    for number, file in enumerate(files, 1):
        save(
            file,
            image(noise((64, 64), seed=number), StudyInstanceUID=f"2.25.{number}", SOPInstanceUID=f"2.25.9{number}"),
        )
        add_received(tmp_path, [file])
    size = files[0].stat().st_size
    with closing(open_spool(tmp_path)) as spool:
        with spool.database.begin() as connection:
            at = now()
            forward_tables.note_contact(connection, at=at, error="")
            sending_tables.note(connection, SendingNow(at, 0, 1000))

        def seconds() -> float:
            (line,) = study_lines(spool, SendingSettings(), at_most=1)
            assert line.report.study_instance_uid == "2.25.2", "the newest alone is shown"
            return (datetime.fromisoformat(line.report.done_at) - now()).total_seconds()

        both = seconds()
        with spool.database.begin() as connection:
            forward_tables.note_under_way(connection, {"2.25.1": size // 2})
        assert both - size / 2 / 1000 - 2 < seconds() < both - size / 2 / 1000 + 2
