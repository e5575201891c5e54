"""A hospital without HL7 puts files into a folder: each is taken once, and what is wrong with one stands beside it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Literal
from unittest.mock import Mock

import pytest

from dokuei.cli.gateway_table import tell_status
from dokuei.gateway import order_tables
from dokuei.gateway.enrol import enrol
from dokuei.gateway.folder.table import TableError, read_table
from dokuei.gateway.folder.watch import Watcher
from dokuei.gateway.order_tables import NoticeRow
from dokuei.gateway.spool import open_spool
from dokuei.gateway.status import gateway_status
from dokuei.gateway.steps import tables
from dokuei.settings import FolderSettings, read_settings
from dokuei.transfer.contract import ContractScope, ContractScopes
from dokuei.transfer.orders import OrderNotice
from tests.makers.gateway_worker import Worker
from tests.makers.order_hub import order_hub

_HEAD = "依頼番号,受付番号,患者ID,患者氏名,患者カナ,生年月日,性別,検査日,検査時刻,モダリティ,優先度,依頼目的,添付\r\n"
_LINE = 'P1,A1,0001,髙田　花子,ﾀｶﾀﾞ ﾊﾅｺ,1970/2/3,女,2026-12-01,9:30,MG,至急,"右に\nしこり",問診票.pdf\r\n'
_PDF = b"%PDF-1.7\n%%EOF\n"
_WATCH = """
import sys, time
from pathlib import Path
from dokuei.gateway.folder.watch import Watcher
from dokuei.gateway.spool import open_spool
from dokuei.gateway.status import gateway_status
from dokuei.settings import FolderSettings, read_settings
watcher = Watcher(open_spool(Path(sys.argv[1])).database, FolderSettings(path=Path(sys.argv[2])))
print("ready", flush=True)
while True:
    watcher.turn()
"""


def put(folder: Path, name: str, data: bytes, *, age: float = 10) -> Path:
    path = folder / name
    path.write_bytes(data)
    os.utime(path, (time.time() - age,) * 2)
    return path


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[Watcher]:
    folder = tmp_path / "requests"
    folder.mkdir()
    with closing(open_spool(tmp_path / "home")) as spool:
        yield Watcher(spool.database, FolderSettings(path=folder))


def rows(watcher: Watcher) -> tuple[NoticeRow, ...]:
    with watcher.database.read() as connection:
        return order_tables.notices(connection, open_only=False, at_most=1000)


@pytest.mark.parametrize("codec", ["cp932", "utf-8-sig", "utf-8"])
def test_a_file_becomes_orders_and_lines_of_the_worklist(watcher: Watcher, codec: str) -> None:
    table = put(watcher.folder, "依頼.csv", (_HEAD + _LINE).encode(codec))
    put(watcher.folder, "問診票.pdf", _PDF)
    assert watcher.turn() == 0, "nobody knows yet whether it is still being written"
    assert watcher.turn() == 1
    (row,) = rows(watcher)
    order = OrderNotice.model_validate_json(row.document).order
    assert order is not None
    who = order.patient
    assert (who.name.ideographic, who.birth_date, who.sex) == (
        "髙田^花子",
        "19700203",
        "F",
    )
    assert (order.priority, order.examination_date, order.reason) == ("urgent", "20261201", "右に\nしこり")
    assert [(one.name, one.data()) for one in order.attachments] == [("問診票.pdf", _PDF)]
    with watcher.database.read() as connection:
        (listed,) = tables.listed(connection)
    assert (listed.step.start_time, listed.step.accession_number) == ("093000", "A1")
    assert order.worklist_study_instance_uid == row.study_instance_uid == listed.step.study_instance_uid
    assert not table.exists()
    assert sorted(one.name for one in (watcher.folder / "done").iterdir()) == ["依頼.csv", "問診票.pdf"]
    put(watcher.folder, "依頼.csv", (_HEAD + _LINE).encode(codec))
    put(watcher.folder, "問診票.pdf", _PDF)
    assert [watcher.turn(), watcher.turn()] == [0, 1]
    assert len(rows(watcher)) == 1, "the same file again is the same order"
    assert len(list((watcher.folder / "done").iterdir())) == 4


def test_what_is_wrong_is_said_by_line_and_nothing_of_the_file_is_taken(
    watcher: Watcher, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = "P2,,,髙田,,1970/13/3,?,,25:00,MG,,x,../a.pdf\r\n"
    put(watcher.folder, "依頼.csv", (_HEAD + _LINE.replace("問診票.pdf", "") + wrong).encode())
    assert [watcher.turn(), watcher.turn()] == [0, 1]
    assert rows(watcher) == ()
    refused = watcher.folder / "refused"
    assert sorted(one.name for one in refused.iterdir()) == ["依頼.csv", "依頼.csv.txt"]
    text = (refused / "依頼.csv.txt").read_text(encoding="utf-8-sig")
    assert "4行目: 「患者ID」がありません" in text
    assert "4行目: 「生年月日」を日付として読めません" in text
    assert "4行目: 「添付」" in text
    assert "髙田" not in text
    settings = read_settings(
        watcher.folder.parent / "home", environment={"DOKUEI_GATEWAY__FOLDER__PATH": str(watcher.folder)}
    )
    said: dict[Literal["ja", "en"], str] = {
        "ja": "受け付けられなかったファイル 1件",
        "en": "1 files could not be taken",
    }
    for language, words in said.items():
        tell_status(gateway_status(settings), language=language, as_json=False)
        assert words in capsys.readouterr().out.replace("\n", " ")


def test_one_large_document_on_every_line_fills_no_disk(watcher: Watcher) -> None:
    """Each order keeps what is attached to it: of a file's lines together that has an end."""
    line = "P{0},A{0},0001,髙田　花子,ﾀｶﾀﾞ ﾊﾅｺ,1970/2/3,女,2026-12-01,9:30,MG,至急,x,問診票.pdf\r\n"
    put(watcher.folder, "依頼.csv", (_HEAD + "".join(line.format(number) for number in range(33))).encode())
    put(watcher.folder, "問診票.pdf", _PDF.ljust(4 << 20, b" "))
    assert [watcher.turn(), watcher.turn()] == [0, 1]
    assert rows(watcher) == ()
    assert "多すぎます" in (watcher.folder / "refused" / "依頼.csv.txt").read_text(encoding="utf-8-sig")
    assert (watcher.folder / "問診票.pdf").exists()


def test_a_long_file_is_kept_in_pieces_and_goes_on_where_it_was_cut_off(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Images that come meanwhile are written between the pieces."""
    line = "P{0},A{0},0001,髙田　花子,ﾀｶﾀﾞ ﾊﾅｺ,1970/2/3,女,2026-12-01,9:30,MG,至急,x,\r\n"
    put(watcher.folder, "依頼.csv", (_HEAD + "".join(line.format(number) for number in range(120))).encode())
    monkeypatch.setattr(time, "sleep", Mock(side_effect=OSError("cut off")))
    assert [watcher.turn(), watcher.turn()] == [0, 0]
    assert len(rows(watcher)) == 50
    monkeypatch.undo()
    assert watcher.turn() == 1
    assert sorted(row.placer_order_number for row in rows(watcher)) == sorted(f"P{number}" for number in range(120))
    with watcher.database.read() as connection:
        assert len(tables.listed(connection)) == 120


def test_what_the_contract_does_not_cover_is_refused_with_the_reason_and_the_file_is_kept(watcher: Watcher) -> None:
    """JRS-03: the hospital hears at once what the hub would refuse; what is taken back is always taken."""
    of_ultrasound = ContractScopes(scopes=(ContractScope(modalities=("US",)),))
    watcher.contract = lambda: of_ultrasound
    line = _LINE.replace("問診票.pdf", "")
    put(watcher.folder, "依頼.csv", (_HEAD + line).encode())
    assert [watcher.turn(), watcher.turn()] == [0, 1]
    assert rows(watcher) == ()
    refused = watcher.folder / "refused"
    assert (refused / "依頼.csv").read_bytes() == (_HEAD + line).encode()
    text = (refused / "依頼.csv.txt").read_text(encoding="utf-8-sig")
    assert "契約の範囲外のモダリティです: MG" in text
    assert "a modality outside the contract: MG" in text
    assert [word for word in ("This file was not taken", "もう一度") if word not in text] == []
    assert "髙田" not in text
    with watcher.database.read() as connection:
        assert tables.listed(connection) == ()
    watcher.contract = lambda: None
    put(watcher.folder, "依頼.csv", (_HEAD + line).encode())
    assert [watcher.turn(), watcher.turn()] == [0, 1]
    assert len(rows(watcher)) == 1, "what the hub has not told yet is not refused here"
    watcher.contract = lambda: of_ultrasound
    put(watcher.folder, "取消.csv", ("操作," + _HEAD + "取消," + line).encode())
    assert [watcher.turn(), watcher.turn()] == [0, 1]
    assert [one.action for one in rows(watcher)] == ["cancel", "new"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "1行もありません"),
        ("患者ID,血液型\r\n1,A\r\n".encode(), "知らない見出し"),
        ("受付番号,患者ID\r\nA1\r\n".encode(), "2行目: 列の数"),
        ('受付番号,患者ID\r\n"A1,2\r\n'.encode(), "引用符"),
        (b"\x81\xff\xfe,a", "文字コード"),
        (b"accession_number,patient_id\r\nA1," + b"9" * 65, "2行目: 「患者ID」が長すぎる"),
    ],
)
def test_files_that_are_none(data: bytes, reason: str) -> None:
    with pytest.raises(TableError, match=reason):
        read_table(data)


def test_what_is_being_written_is_left_alone(watcher: Watcher) -> None:
    growing = put(watcher.folder, "依頼.csv", (_HEAD + _LINE).encode(), age=0)
    assert [watcher.turn(), watcher.turn()] == [0, 0]
    put(watcher.folder, "依頼.csv", (_HEAD + _LINE).encode(), age=60)
    assert [watcher.turn(), watcher.turn()] == [0, 0], "its PDF is still to come"
    os.utime(growing, (time.time() - 600,) * 2)
    assert [watcher.turn(), watcher.turn()] == [0, 1]
    assert "見つかりません" in (watcher.folder / "refused" / "依頼.csv.txt").read_text(encoding="utf-8-sig")


def test_a_kill_between_two_moves_is_made_good(watcher: Watcher) -> None:
    put(watcher.folder, "依頼.csv", (_HEAD + _LINE).encode())
    put(watcher.folder, "問診票.pdf", _PDF)
    assert [watcher.turn(), watcher.turn()] == [0, 1]
    (watcher.folder / "done" / "依頼.csv").rename(watcher.folder / "依頼.csv")  # as it was before its own move
    assert [watcher.turn(), watcher.turn()] == [0, 1]
    assert len(list((watcher.folder / "done").iterdir())) == 2
    assert len(rows(watcher)) == 1


def test_sigkill_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    folder, home = tmp_path / "requests", tmp_path / "home"
    folder.mkdir()
    open_spool(home).close()
    for number in range(40):
        line = f"P{number},A{number},{number},山田 花子,,,,,,MG,,,{number}.pdf\r\n"
        put(folder, f"{number:02}.csv", (_HEAD + line).encode())
        put(folder, f"{number}.pdf", _PDF + bytes(str(number), "ascii"))
    for pause in (0.01, 0.03, 0.05, 0.08, 0.12, 3.0):
        process = subprocess.Popen([sys.executable, "-c", _WATCH, str(home), str(folder)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with closing(open_spool(home)) as spool:
        found = rows(Watcher(spool.database, FolderSettings(path=folder)))
        with spool.database.read() as connection:
            assert len(tables.listed(connection)) == 40
    assert sorted(row.placer_order_number for row in found) == sorted(f"P{number}" for number in range(40))
    assert len(list((folder / "done").iterdir())) == 80
    assert not list((folder / "refused").iterdir())


def test_a_worker_brings_the_folder_to_the_hub(tmp_path: Path) -> None:
    folder = tmp_path / "requests"
    folder.mkdir()
    put(folder, "a.csv", (_HEAD + _LINE).encode("cp932"))
    put(folder, "問診票.pdf", _PDF)
    hub = order_hub(tmp_path / "hub")
    hub.start()
    environment = {
        "DOKUEI_GATEWAY__HUB_URL": f"https://localhost:{hub.port}",
        "DOKUEI_GATEWAY__FOLDER__PATH": str(folder),
        "DOKUEI_GATEWAY__FOLDER__POLL_SECONDS": "0.2",
    }
    worker = Worker(tmp_path / "gateway", environment)
    worker.home.mkdir()
    try:
        enrol(worker.settings, hub.service.invite("kita", actor="test"))
        worker.start()
        deadline = time.monotonic() + 60
        while not hub.taken():
            assert time.monotonic() < deadline, worker.log()[-3000:]
            time.sleep(0.1)
    finally:
        worker.kill()
        hub.kill()
    (told,) = hub.taken()
    assert told.source == "folder"
    assert told.order is not None
    assert told.order.attachments[0].data() == _PDF


def test_one_file_that_cannot_be_moved_stops_none_of_the_others(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "あ" * 82 + ".csv"  # 250 bytes: with another ending it is longer than a name may be
    put(watcher.folder, long, b"zzz")
    put(watcher.folder, "zz.csv", (_HEAD + _LINE.replace("問診票.pdf", "")).encode())
    stuck = put(watcher.folder, "aa.csv", (_HEAD + _LINE.replace("問診票.pdf", "").replace("P1", "P2")).encode())
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self.name == stuck.name:
            raise PermissionError(13, "somebody else has it open", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    watcher.turn()
    watcher.turn()
    watcher.turn()
    assert sorted(row.placer_order_number for row in rows(watcher)) == ["P1", "P2"]
    assert [one.name for one in watcher.folder.glob("*.csv")] == [stuck.name]
    refusals = sorted((watcher.folder / "refused").iterdir())
    assert len(refusals) == 2, "the file and its reason"
    assert refusals[1].name == f"{refusals[0].name}.txt"


def test_what_is_gone_between_two_looks_stops_nobody(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    put(watcher.folder, "a.csv", b"zzz")
    put(watcher.folder, "b.csv", (_HEAD + _LINE.replace("問診票.pdf", "")).encode())
    watcher.turn()
    read = Path.read_bytes

    def gone(self: Path) -> bytes:
        if self.name == "a.csv":
            self.unlink()
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", gone)
    assert watcher.turn() == 1
    assert len(rows(watcher)) == 1


@pytest.mark.parametrize("born", ["S45.2.3", "昭和45年2月3日", "Ｓ４５／２／３", "S450203", "1970年2月3日"])
def test_a_day_may_be_written_in_japanese_eras(born: str) -> None:
    (line,) = read_table((_HEAD + _LINE.replace("1970/2/3", born).replace("2026-12-01", "令和8年12月1日")).encode())
    assert (line.order.patient.birth_date, line.order.examination_date) == ("19700203", "20261201")


@pytest.mark.parametrize("born", ["昭和45年2月30日", "45.2.3", "X45.2.3", "197023"])
def test_a_day_that_is_none_for_certain_is_refused(born: str) -> None:
    with pytest.raises(TableError, match="「生年月日」を日付として読めません"):
        read_table((_HEAD + _LINE.replace("1970/2/3", born)).encode())


@pytest.mark.parametrize("cell", ["P\x1b[2J1", "P\n1", "P\x071"])
def test_a_number_holds_nothing_that_moves_a_terminal(cell: str) -> None:
    with pytest.raises(TableError, match="依頼番号"):
        read_table((_HEAD + _LINE.replace("P1", f'"{cell}"')).encode())
