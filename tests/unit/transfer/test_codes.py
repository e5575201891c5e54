import pytest
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import RequestError
from dokuei.transfer.codes import EnrolmentCode, door_key, kept_form


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.binary(max_size=400))
def test_a_code_says_what_was_put_into_it(secret: bytes, authority: bytes, certificate: bytes) -> None:
    code = EnrolmentCode(secret, authority, certificate, "https://hub.example:8443")
    assert EnrolmentCode.read(code.text()) == code


def test_a_code_survives_line_breaks_of_a_mail() -> None:
    code = EnrolmentCode(b"s" * 32, b"a" * 32, b"c" * 260, "https://hub.example:443")
    text = code.text()
    folded = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    assert EnrolmentCode.read(folded) == code


@given(st.integers(min_value=9, max_value=400), st.characters(codec="ascii"))
def test_a_slip_of_the_hand_is_told_from_a_wrong_code(at: int, letter: str) -> None:
    text = EnrolmentCode(b"s" * 32, b"a" * 32, b"c" * 260, "https://hub.example:443").text()
    wrong = text[:at] + letter + text[at + 1 :]
    if "".join(wrong.split()) != text:
        with pytest.raises(RequestError):
            EnrolmentCode.read(wrong)


@pytest.mark.parametrize("text", ["", "dokuei-1-", "dokuei-1-AAAA", "something else", "dokuei-1-" + "A" * 91])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        EnrolmentCode.read(text)


def test_the_hub_does_not_keep_the_secret_and_both_sides_derive_one_key() -> None:
    secret = bytes(range(32))
    assert secret.hex() not in kept_form(secret)
    assert kept_form(secret) != kept_form(secret[::-1])
    assert door_key(secret).private_bytes_raw() == door_key(secret).private_bytes_raw() != secret
