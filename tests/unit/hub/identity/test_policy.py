"""What a password must be, and which steps make two factors."""

from datetime import date

import pytest

from dokuei.errors import ConfigurationError, RequestError
from dokuei.hub.identity.policy import PasswordPolicy, two_factors
from dokuei.hub.identity.sign_in import WAYS


def refused(password: str, policy: PasswordPolicy | None = None) -> str:
    with pytest.raises(RequestError) as error:
        (policy or PasswordPolicy()).check(
            password, user_name="yamada.hanako", birth_date=date(1970, 12, 3), known=("山田 花子", "ヤマダ ハナコ")
        )
    return error.value.what


@pytest.mark.parametrize(
    "weak",
    [
        {"minimum_length": 7},
        {"minimum_length": 8, "second_factor": False},
        {"minimum_length": 12, "mixed": True, "second_factor": False},
        {"minimum_length": 13, "mixed": False, "second_factor": False},
        {"minimum_length": 8, "second_factor": False, "change_days": 63},
        {"minimum_length": 8, "second_factor": False, "change_days": 0},
        {"minimum_length": 7, "second_factor": False, "change_days": 30},
    ],
)
def test_a_policy_below_the_three_that_the_guideline_takes_cannot_be_made(weak: dict[str, int]) -> None:
    """AUTH-02: 13 mixed characters, or 8 with a second factor, or 8 changed every two months."""
    with pytest.raises(ConfigurationError):
        PasswordPolicy(**weak)  # type: ignore[arg-type] # the table holds both kinds


@pytest.mark.parametrize(
    "good",
    [
        {"minimum_length": 13, "mixed": True, "second_factor": False},
        {"minimum_length": 8, "second_factor": True},
        {"minimum_length": 8, "second_factor": False, "change_days": 60},
    ],
)
def test_the_three_policies_of_the_guideline_can_be_made(good: dict[str, int]) -> None:
    """AUTH-02: exactly these."""
    PasswordPolicy(**good)  # type: ignore[arg-type] # as above


def test_no_change_is_forced_by_default() -> None:
    """AUTH-03: default off."""
    assert PasswordPolicy().change_days is None


@pytest.mark.parametrize("password", ["yamada.hanako", "YAMADA.HANAKO", "ｙamada.hanako", "okanah.adamay"])
def test_the_user_name_is_no_password(password: str) -> None:
    """AUTH-08: equal to the user name, in whatever letters and direction."""
    assert "user name" in refused(password)


@pytest.mark.parametrize("password", ["19701203", "1970-12-03", "1970/12/03", "03121970"])
def test_the_birth_date_is_no_password(password: str) -> None:
    """AUTH-08: birth date."""
    assert "birth date" in refused(password)


@pytest.mark.parametrize(
    "password", ["password", "p@ssw0rd", "qwertyui", "12345678", "iloveyou", "princess1", "letmein123", "sunshine"]
)
def test_words_and_leaked_passwords_are_refused(password: str) -> None:
    """AUTH-08: dictionary words and known-leaked strings, in disguise too."""
    assert "tried first" in refused(password)


@pytest.mark.parametrize("password", ["s45.12.03", "S451203", "昭和45/12/3", "S45-12-03."])
def test_the_birth_date_in_an_era_is_no_password_either(password: str) -> None:
    """AUTH-08: as people in Japan write it."""
    refused(password.ljust(8, "."))


@pytest.mark.parametrize("password", ["sakura2026", "dokuei123", "Byouin2026", "arigatou1", "suzuki999"])
def test_words_that_are_tried_first_in_a_japanese_hospital_are_refused(password: str) -> None:
    """AUTH-08: dictionary words of the place."""
    assert "tried first" in refused(password)


def test_too_short_too_long_and_unmixed_are_refused_where_the_policy_says_so() -> None:
    """AUTH-02: length and mixture."""
    assert "shorter" in refused("a1!bcde")
    assert "longer" in refused("aB3!" * 60)
    strict = PasswordPolicy(minimum_length=13, mixed=True, second_factor=False)
    assert "mixed" in refused("kumogatobuhashi", strict)


@pytest.mark.parametrize("password", ["kumo-ga-7tobu", "雲が飛ぶ橋の上七つ", "xK9#mQ2$"])
def test_a_good_password_is_taken(password: str) -> None:
    PasswordPolicy().check(password, user_name="yamada.hanako", birth_date=date(1970, 12, 3))


@pytest.mark.parametrize(
    "steps", [("password",), ("totp",), ("password", "secret-question"), ("totp", "key-touch"), (), ("nonsense",)]
)
def test_one_factor_or_two_of_a_kind_is_no_way_to_sign_in(steps: tuple[str, ...]) -> None:
    """AUTH-04: two steps of the same kind fail the check."""
    with pytest.raises(ConfigurationError):
        two_factors(steps)


def test_the_ways_in_are_two_factors_each() -> None:
    """AUTH-04: default on."""
    assert WAYS == (("passkey",), ("password", "totp"))
