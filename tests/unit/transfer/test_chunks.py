import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import RequestError
from dokuei.transfer.chunks import HEAD_BYTES, PieceReader, piece
from dokuei.transfer.protocol import PIECE_BYTES

_pieces = st.lists(
    st.tuples(st.binary(min_size=32, max_size=32), st.integers(0, 2**40), st.binary(max_size=300)), max_size=8
)


@given(_pieces, st.lists(st.integers(1, 200), min_size=1, max_size=20))
def test_pieces_come_out_whole_however_the_stream_is_cut_up(
    pieces: list[tuple[bytes, int, bytes]], portions: list[int]
) -> None:
    stream = b"".join(piece(digest.hex(), offset, data) for digest, offset, data in pieces)
    reader, got, turn = PieceReader(), [], 0
    while stream:
        size = portions[turn % len(portions)]
        got += [(f.sha256, f.offset, bytes(f.data)) for f in reader.feed(stream[:size])]
        stream, turn = stream[size:], turn + 1
    expected = [
        (digest.hex(), offset + at, data[at : at + 1]) for digest, offset, data in pieces for at in range(len(data))
    ]
    arrived = [(sha, offset + at, data[at : at + 1]) for sha, offset, data in got for at in range(len(data))]
    assert arrived == expected
    assert sum(1 for _, _, data in got if not data) == sum(1 for _, _, data in pieces if not data)


def test_a_piece_that_claims_too_much_is_refused() -> None:
    head = bytearray(piece("00" * 32, 0, b""))
    head[-4:] = (PIECE_BYTES + 1).to_bytes(4, "big")
    with pytest.raises(RequestError):
        list(PieceReader().feed(bytes(head)))


def test_bytes_are_handed_on_before_the_piece_is_whole() -> None:
    stream = piece("ab" * 32, 7, b"x" * 1000)
    (fragment,) = PieceReader().feed(stream[: HEAD_BYTES + 10])
    assert (fragment.offset, bytes(fragment.data)) == (7, b"x" * 10)
