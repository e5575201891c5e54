"""Character sets, the Japanese ones above all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.dicom.text import decode, decode_trimmed, encodings_of

YAMADA = "Yamada^Tarou=山田^太郎=やまだ^たろう"


@pytest.mark.parametrize(
    ("character_set", "raw", "text"),
    [
        # PS3.5 H.3.1 and H.3.2
        (
            rb"\ISO 2022 IR 87",
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
            YAMADA,
        ),
        (
            rb"ISO 2022 IR 13\ISO 2022 IR 87",
            b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
            "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
        ),
        (b"ISO_IR 192", YAMADA.encode(), YAMADA),
        (b"GB18030", "Wang^XiaoDong=王^小东=".encode("gb18030"), "Wang^XiaoDong=王^小东="),
        (b"GBK", "Wang^XiaoDong=王^小东=".encode("gbk"), "Wang^XiaoDong=王^小东="),
        (b"ISO_IR 13", b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
        (b"ISO_IR 100", b"Buc^J\xe9r\xf4me", "Buc^Jérôme"),
        (b"ISO_IR 203", b"\xa4", "€"),
        # PS3.5 I.2: the second value designates G1
        (
            rb"\ISO 2022 IR 149",
            b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
            "Hong^Gildong=洪^吉洞=홍^길동",
        ),
        (rb"\ISO 2022 IR 87\ISO 2022 IR 159", b"\x1b$(D0c\x1b(B", "伹"),
    ],
)
def test_names_are_read_in_their_character_sets(character_set: bytes, raw: bytes, text: str) -> None:
    encodings, known = encodings_of(character_set)
    assert known
    assert decode(raw, encodings) == text


def test_kanji_whose_bytes_look_like_delimiters_stay_whole() -> None:
    raw = "ソ表=予".encode("iso2022_jp")
    assert b"\\" in raw or b"=" in raw
    assert decode(raw, encodings_of(rb"\ISO 2022 IR 87")[0]) == "ソ表=予"


@pytest.mark.parametrize(
    ("written", "codec"),
    [(b"ISO-IR 100", "latin_1"), (b"ISO IR 192", "UTF8"), (b"ISO2022IR87", "iso2022_jp"), (b"UTF-8", "utf_8")],
)
def test_terms_that_are_written_in_other_ways_are_understood(written: bytes, codec: str) -> None:
    assert encodings_of(written) == ((codec,), True)


@pytest.mark.parametrize("term", [b"KLINGON", b"ISO_IR 999", b"\0\1\2x", b"rot13", b"undefined"])
def test_unknown_terms_are_told_and_read_as_ascii(term: bytes) -> None:
    encodings, known = encodings_of(term)
    assert not known
    assert decode(b"A\xe9", encodings) == "A�"


def test_escapes_are_honoured_where_the_character_set_does_not_announce_them() -> None:
    assert decode("山田".encode("iso2022_jp")) == "山田"


def test_bytes_without_any_character_set_are_replaced_and_not_guessed() -> None:
    assert decode("é".encode()) == "��"


def test_padding_is_trimmed_at_the_end_only() -> None:
    assert decode_trimmed(b" A \0 ") == " A"


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_nothing_raises_for_any_bytes(raw: bytes, character_set: bytes) -> None:
    encodings, _ = encodings_of(character_set)
    assert isinstance(decode(raw, encodings), str)
