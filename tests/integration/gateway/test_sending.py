import hashlib
import os
import threading
from pathlib import Path

from dokuei.gateway.bandwidth import Bucket, Schedule
from dokuei.gateway.sending import Lane, Sending, SendQueue
from dokuei.settings import SendingSettings
from dokuei.transfer.chunks import PieceReader
from dokuei.transfer.protocol import PIECE_BYTES, WINDOW_BYTES, UploadEvent

_NEVER = threading.Event()


def _object(folder: Path, size: int, *, priority: int = 0, order: int = 0, offset: int = 0) -> Sending:
    data = os.urandom(size)
    digest = hashlib.sha256(data).hexdigest()
    (folder / digest).write_bytes(data)
    return Sending(digest, f"2.25.{order}", "2.25.1", folder / digest, size, size, priority, order, offset)


def _stored(one: Sending, end: int) -> UploadEvent:
    return UploadEvent(event="stored", sha256=one.sha256, end=end)


def test_an_urgent_object_has_the_very_next_piece(tmp_path: Path) -> None:
    """Urgent studies overtake within one piece (256 kB) of a running upload."""
    queue, reader = SendQueue(_NEVER), PieceReader()
    lane = queue.lane()
    bulk = _object(tmp_path, 4 * PIECE_BYTES, order=1)
    queue.add([bulk])
    taken = lane.take()
    urgent = _object(tmp_path, 1000, priority=1, order=2)
    queue.add([urgent])
    stream = [taken, lane.take(), lane.take()]
    order = [f.sha256 for data in stream if data for f in reader.feed(data)]
    assert order == [bulk.sha256, urgent.sha256, bulk.sha256]


def test_no_more_flies_than_a_cut_may_cost(tmp_path: Path) -> None:
    queue = SendQueue(_NEVER)
    lane = queue.lane()
    one = _object(tmp_path, 20 * PIECE_BYTES)
    queue.add([one])
    sent = 0
    while data := lane.take():
        sent += len(data)
    assert WINDOW_BYTES - PIECE_BYTES - 1000 < sent <= WINDOW_BYTES < 2_000_000
    lane.on_event(_stored(one, PIECE_BYTES))
    assert lane.take()
    assert lane.take() == b""


def test_an_object_goes_on_from_where_the_hub_wants_it(tmp_path: Path) -> None:
    queue = SendQueue(_NEVER)
    lane = queue.lane()
    one = _object(tmp_path, 1000, offset=900)
    queue.add([one])
    (fragment,) = PieceReader().feed(lane.take() or b"")
    assert (fragment.offset, bytes(fragment.data)) == (900, one.path.read_bytes()[900:])


def test_an_object_that_is_there_to_its_last_byte_is_pointed_at_to_be_judged(tmp_path: Path) -> None:
    queue = SendQueue(_NEVER)
    lane = queue.lane()
    one = _object(tmp_path, 1000, offset=1000)
    queue.add([one])
    (fragment,) = PieceReader().feed(lane.take() or b"")
    assert (fragment.sha256, fragment.offset, len(fragment.data)) == (one.sha256, 1000, 0)
    assert lane.take() == b""


def test_what_was_not_judged_is_given_back_after_a_cut(tmp_path: Path) -> None:
    queue = SendQueue(_NEVER)
    lane = queue.lane()
    objects = [_object(tmp_path, 1000, order=number) for number in range(3)]
    queue.add(objects)
    while lane.take():
        pass
    lane.on_event(UploadEvent(event="judged", sha256=objects[1].sha256, verdict="proved"))
    assert [one.sop_instance_uid for one in queue.cut()] == ["2.25.0", "2.25.2"]
    assert [(one.sop_instance_uid, event.verdict) for one, event in queue.judged()] == [("2.25.1", "proved")]
    assert queue.objects == 0


def test_a_file_that_vanished_does_not_stop_the_others(tmp_path: Path) -> None:
    queue = SendQueue(_NEVER)
    lane = queue.lane()
    gone, kept = _object(tmp_path, 1000, order=1), _object(tmp_path, 1000, order=2)
    queue.add([gone, kept])
    gone.path.unlink()
    assert lane.take() == b""
    assert [one.sha256 for one in queue.lost()] == [gone.sha256]
    (fragment,) = PieceReader().feed(lane.take() or b"")
    assert fragment.sha256 == kept.sha256


def test_an_idle_upload_ends(tmp_path: Path) -> None:
    queue = SendQueue(_NEVER, idle_seconds=0.0)
    lane = queue.lane()
    one = _object(tmp_path, 10)
    queue.add([one])
    assert lane.take()
    assert lane.take() == b""
    lane.on_event(UploadEvent(event="judged", sha256=one.sha256, verdict="proved"))
    assert lane.take() is None


def test_a_study_that_becomes_urgent_while_it_waits_has_the_very_next_piece(tmp_path: Path) -> None:
    queue, reader = SendQueue(_NEVER), PieceReader()
    lane = queue.lane()
    bulk = _object(tmp_path, 4 * PIECE_BYTES, order=1)
    waited_for = _object(tmp_path, 1000, order=2)
    waited_for.study_instance_uid = "2.25.2"
    queue.add([bulk, waited_for])
    stream = [lane.take()]
    queue.hurry({"2.25.2": 1})
    stream += [lane.take(), lane.take()]
    queue.hurry({})
    order = [f.sha256 for data in stream if data for f in reader.feed(data)]
    assert order == [bulk.sha256, waited_for.sha256, bulk.sha256]


def _sent(lane: Lane, reader: PieceReader) -> list[tuple[str, int]]:
    return [(one.sha256, one.offset) for one in reader.feed(lane.take() or b"")]


def test_an_object_goes_over_the_lane_that_has_begun_it(tmp_path: Path) -> None:
    """Its pieces would overtake each other, and the hub skips what comes beyond a gap."""
    queue = SendQueue(_NEVER)
    one, other = queue.lane(), queue.lane()
    first = _object(tmp_path, 4 * PIECE_BYTES, order=1)
    second = _object(tmp_path, 4 * PIECE_BYTES, order=2)
    queue.add([first, second])
    assert _sent(one, PieceReader()) == [(first.sha256, 0)]
    assert _sent(other, PieceReader()) == [(second.sha256, 0)]
    assert _sent(one, PieceReader()) == [(first.sha256, PIECE_BYTES)]
    one.on_event(_stored(first, 2 * PIECE_BYTES))
    assert _sent(other, PieceReader()) == [(second.sha256, PIECE_BYTES)]
    assert _sent(one, PieceReader()) == [(first.sha256, 2 * PIECE_BYTES)]


def test_all_lanes_together_have_no_more_on_the_way_than_a_cut_may_cost(tmp_path: Path) -> None:
    queue = SendQueue(_NEVER)
    lanes = [queue.lane() for _ in range(3)]
    queue.add([_object(tmp_path, 20 * PIECE_BYTES, order=number) for number in range(3)])
    sent = [len(lane.take() or b"") for _ in range(20) for lane in lanes]
    assert sum(sent) <= WINDOW_BYTES
    assert all(sent[:3]), "each has its share"


def test_what_is_routine_gives_way_to_what_another_lane_has_begun(tmp_path: Path) -> None:
    """An urgent object that is large has the whole line, not a share of it; the others go on where they were."""
    queue = SendQueue(_NEVER)
    one, other = queue.lane(), queue.lane()
    routine = _object(tmp_path, 20 * PIECE_BYTES, order=1)
    queue.add([routine])
    assert _sent(other, PieceReader()) == [(routine.sha256, 0)]
    urgent = _object(tmp_path, 20 * PIECE_BYTES, priority=1, order=2)
    queue.add([urgent])
    assert _sent(one, PieceReader()) == [(urgent.sha256, 0)]
    assert other.take() == b""
    sent = PIECE_BYTES
    while data := one.take():
        sent += len(data)
    assert sent + PIECE_BYTES <= WINDOW_BYTES, "both together"
    assert sent > WINDOW_BYTES // 2 + PIECE_BYTES, "more than its half"
    assert other.take() == b""
    urgent.offset = urgent.size
    urgent.all_sent = True
    other.on_event(_stored(routine, PIECE_BYTES))
    assert _sent(other, PieceReader()) == [(routine.sha256, PIECE_BYTES)]


def test_a_cut_gives_back_only_what_that_lane_carried(tmp_path: Path) -> None:
    queue = SendQueue(_NEVER)
    one, other = queue.lane(), queue.lane()
    objects = [_object(tmp_path, 2 * PIECE_BYTES, order=number) for number in range(3)]
    queue.add(objects)
    one.take()
    other.take()
    assert [left.order for left in one.cut()] == [0]
    assert queue.objects == 2
    other.on_event(_stored(objects[1], PIECE_BYTES))
    assert _sent(other, PieceReader()) == [(objects[1].sha256, PIECE_BYTES)]
    assert queue.arrived == PIECE_BYTES


def test_a_lane_that_is_not_wanted_any_more_ends_once_nothing_of_it_flies(tmp_path: Path) -> None:
    queue = SendQueue(_NEVER)
    wanted = [True]
    lane, other = queue.lane(lambda: wanted[0]), queue.lane()
    one = _object(tmp_path, 4 * PIECE_BYTES)
    queue.add([one])
    assert lane.take()
    wanted[0] = False
    assert lane.take() == b""
    lane.on_event(_stored(one, PIECE_BYTES))
    assert lane.take() is None
    assert lane.cut() == []
    assert _sent(other, PieceReader()) == [(one.sha256, PIECE_BYTES)], "another lane carries it on"


def test_the_hours_hold_back_what_is_routine(tmp_path: Path) -> None:
    limits = {"limits": [{"mbit_per_second": 0.8}]}
    bucket = Bucket(Schedule.of(SendingSettings.model_validate(limits)), urgent_exempt=True)
    queue = SendQueue(_NEVER, bucket=bucket)
    lane = queue.lane()
    queue.add([_object(tmp_path, PIECE_BYTES, order=1)])
    taken = [len(lane.take() or b"") for _ in range(5)]
    assert 0 < sum(taken) < 3 * 11_000, "a tenth of a second of 100 kB/s at a time"
    queue.add([_object(tmp_path, PIECE_BYTES, order=2, priority=1)])
    assert len(lane.take() or b"") > PIECE_BYTES
