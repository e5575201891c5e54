"""Japanese as hospitals write it: what Python's own codec writes is read, and what we write it reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import Hl7Error
from dokuei.gateway.hl7.charset import ISO_2022_JP, SHIFT_JIS, UTF_8, Charset, charset_of, unwritable

_JIS = Charset(ISO_2022_JP)


def _in_jis(letter: str) -> bool:
    try:
        letter.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return letter != "\x1b"


@given(st.text(st.characters(codec="euc_jp", exclude_characters="\x1b\x0e\x0f¥‾").filter(_in_jis)))
def test_both_ways_agree_with_another_codec(text: str) -> None:
    assert _JIS.decode(text.encode("iso2022_jp")) == text
    lines = _JIS.encode(text).split(b"\r")
    assert "\r".join(line.decode("iso2022_jp") for line in lines) == text


@pytest.mark.parametrize("text", ["山田^花子|髙橋①", "ﾔﾏﾀﾞ ﾊﾅｺ~", "渡邉・齋藤（昭和）", "咩 鄧", "|^~\\&"])
def test_what_vendors_write_beyond_the_standard_comes_back(text: str) -> None:
    assert _JIS.decode(_JIS.encode(text)) == text
    assert unwritable(text) == 0


def test_kanji_whose_bytes_are_delimiters_are_one_letter() -> None:
    text = "A|祉^祁~" + "".join(
        bytes((0x1B, 0x24, 0x42, row, 0x7C, 0x1B, 0x28, 0x42)).decode("iso2022_jp") for row in (0x30, 0x3C)
    )
    assert b"|" in text.encode("iso2022_jp")[3:]
    assert _JIS.decode(text.encode("iso2022_jp")) == text


def test_windows_rows_are_read_as_windows_writes_them() -> None:
    assert _JIS.decode(b"\x1b$B\x2d\x21\x1b(B") == "①"
    assert Charset(SHIFT_JIS).decode("髙橋ｱ|①".encode("cp932")) == "髙橋ｱ|①"


def test_a_segment_that_ends_in_kanji_ends_there() -> None:
    assert _JIS.decode(b"PID|\x1b$B;3ED\rORC|NW") == "PID|山田\rORC|NW"


def test_half_width_kana_of_eight_bits_only_where_it_is_declared() -> None:
    kana = "ﾔﾏﾀﾞ".encode("shift_jis")
    assert charset_of("ISO IR14~ISO IR87", default=UTF_8).decode(kana) == "ﾔﾏﾀﾞ"
    with pytest.raises(Hl7Error):
        charset_of("~ISO IR87", default=UTF_8).decode(kana)


@pytest.mark.parametrize(
    ("declared", "data"),
    [
        ("~ISO IR87", "山田".encode("shift_jis")),
        ("~ISO IR87", "山田".encode()),
        ("UNICODE UTF-8", "山田".encode("shift_jis")),
        ("ASCII", "山田".encode()),
        ("~ISO IR87", b"\x1b$B;3E"),
        ("~ISO IR87", b"\x1b$B\x7f\x7f\x1b(B"),
    ],
)
def test_bytes_of_another_set_are_said_and_never_guessed(declared: str, data: bytes) -> None:
    with pytest.raises(Hl7Error) as refused:
        charset_of(declared, default=ISO_2022_JP).decode(data)
    assert refused.value.location == "MSH-18"
    assert "山田" not in str(refused.value)


def test_what_is_declared_and_what_is_not() -> None:
    assert charset_of("", default=SHIFT_JIS).codec == SHIFT_JIS
    assert charset_of("~ISO IR87", default=UTF_8).codec == ISO_2022_JP
    assert charset_of("UNICODE UTF-8", default=SHIFT_JIS).codec == UTF_8
    assert charset_of("SHIFT_JIS", default=SHIFT_JIS).codec == SHIFT_JIS
    for unknown in ("SHIFT_JIS", "GB 18030-2000", "UNICODE", "UNICODE UTF-16", "8859/2"):
        with pytest.raises(Hl7Error) as refused:
            charset_of(unknown, default=ISO_2022_JP)
        assert refused.value.condition == 103


def test_a_yen_sign_never_becomes_an_escape() -> None:
    assert _JIS.encode("¥5000‾").decode("iso2022_jp") == "￥5000￣"


def test_a_letter_that_has_no_place_is_a_mark_that_shows_it() -> None:
    assert _JIS.encode("𠮷田").decode("iso2022_jp") == "〓田"
    assert unwritable("𠮷田😀") == 2
    assert Charset("ascii").encode("山A") == b"?A"
