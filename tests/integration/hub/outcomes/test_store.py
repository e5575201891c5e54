"""Which reports a list shows of many: all that wait, and the last of the others."""

from datetime import timedelta
from unittest.mock import patch

from dokuei.clock import now
from dokuei.hub.outcomes import store
from dokuei.hub.outcomes.model import Signed, State
from tests.makers.reading import ReadingRoom

KITA = store.Span(frozenset({"kita"}))


def signed(room: ReadingRoom, case: str, number: int = 1, *, site_id: str = "kita", days: int = 0) -> Signed:
    one = Signed(case, site_id, f"1.2.{case}", number, now() - timedelta(days=days))
    room.outcomes.report_signed(one)
    return one


def cases(room: ReadingRoom, span: store.Span = KITA) -> list[str]:
    with room.hub.database.read() as connection:
        return [one.worklist_item_id for one in store.listed(connection, span)]


def test_what_nobody_has_read_is_listed_however_old_and_the_rest_is_counted(room: ReadingRoom) -> None:
    signed(room, "old", days=400)
    signed(room, "elsewhere", site_id="minami")
    read = [signed(room, f"read{number}", days=9 - number) for number in range(3)]
    done = [signed(room, f"done{number}", days=9 - number) for number in range(3)]
    with room.hub.database.begin() as connection:
        for one in (*read, *done):
            store.add_mark(connection, one, "opened", person_id="p")
        for one in done:
            store.add_mark(connection, one, "acted", person_id="p", note="x")
    with patch.object(store, "MOST_LAST", 1):
        assert cases(room) == ["old", "read2", "done2"]
    with room.hub.database.read() as connection:
        assert store.counts(connection, KITA) == {State.UNREAD: 1, State.READ: 3, State.DONE: 3}
        assert len(store.every(connection, KITA)) == 7
        lately = store.Span(KITA.site_ids, since=now() - timedelta(days=30))
        assert store.counts(connection, lately)[State.UNREAD] == 0
    assert "old" not in cases(room, lately)


def test_what_must_not_be_overlooked_is_listed_until_it_is_done(room: ReadingRoom) -> None:
    one, other = signed(room, "grave", days=90), signed(room, "plain", days=1)
    with room.hub.database.begin() as connection:
        for each in (one, other):
            store.add_mark(connection, each, "opened", person_id="p")
        store.add_important(connection, one, person_id="r", because="悪性の疑い", withdrawn=False)
    with patch.object(store, "MOST_LAST", 1):
        assert cases(room) == ["grave", "plain"]


def test_the_version_that_holds_is_the_latest_in_whatever_order_they_are_told(room: ReadingRoom) -> None:
    signed(room, "case", 2)
    signed(room, "case", 1)
    signed(room, "case", 2)
    with room.hub.database.read() as connection:
        assert [one.number for one in store.every(connection, KITA)] == [2]
        assert store.counts(connection, KITA)[State.UNREAD] == 1
