"""Secrets: hashed where they are compared, sealed where they are used again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pyotp
import pytest

from dokuei.errors import ConfigurationError
from dokuei.hub.identity import passwords, totp
from dokuei.hub.identity.secrets import SecretBox, hashed, new_secret, secret_box
from dokuei.hub.identity.service import relying_party

BOX = SecretBox(b"k" * 32)
MOMENT = datetime(2026, 11, 20, 12, 0, 10, tzinfo=UTC)


def test_random_secrets_have_256_bits_and_differ() -> None:
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert all(len(secret) == 43 for secret in made)
    assert all(len(hashed(secret)) == 64 for secret in made)


def test_a_sealed_secret_opens_with_its_key_for_its_owner_only() -> None:
    sealed = BOX.seal("JBSWY3DP", owner="person-1")
    assert b"JBSWY3DP" not in sealed
    assert BOX.open(sealed, owner="person-1") == "JBSWY3DP"
    for box, owner in ((BOX, "person-2"), (SecretBox(b"x" * 32), "person-1")):
        with pytest.raises(ConfigurationError):
            box.open(sealed, owner=owner)


def test_passwords_are_argon2id_and_two_spellings_of_one_character_are_one() -> None:
    """AUTH-07: salted, one-way."""
    stored = passwords.hash_password("か\u3099んばれ-7")
    assert stored.startswith("$argon2id$")
    assert passwords.matches("が\u3093ばれ-7", stored)
    assert not passwords.matches("がんばれ-8", stored)
    assert not passwords.matches("がんばれ-7", None)
    assert not passwords.matches("x", "not a hash")


@pytest.mark.parametrize(("seconds", "taken"), [(0, True), (-30, True), (30, True), (-90, False), (90, False)])
def test_a_code_fits_one_step_early_or_late(seconds: int, taken: bool) -> None:  # noqa: FBT001 - a table's column
    secret = totp.new_totp_secret()
    code = pyotp.TOTP(secret).at(MOMENT + timedelta(seconds=seconds))
    assert (totp.fitting_step(secret, code, moment=MOMENT, last_step=0) is not None) is taken


def test_a_code_is_not_taken_twice() -> None:
    secret = totp.new_totp_secret()
    code = pyotp.TOTP(secret).at(MOMENT)
    step = totp.fitting_step(secret, f" {code[:3]} {code[3:]} ", moment=MOMENT, last_step=0)
    assert step is not None
    assert totp.fitting_step(secret, code, moment=MOMENT, last_step=step) is None


def test_keys_are_bound_to_the_host_and_the_page_comes_from_one_address() -> None:
    party = relying_party(name="centre", hub_url="https://yomi.example:8443/")
    assert (party.id, party.origins) == ("yomi.example", ("https://yomi.example:8443",))
    assert relying_party(name="c", hub_url="http://localhost:8080").id == "localhost"


def test_programs_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    """AUTH-07: none of them reads half a key, and what one seals the others open."""
    path = tmp_path / "new" / "secret.key"
    start = Barrier(8)

    def opened(_: int) -> SecretBox:
        start.wait()
        return secret_box(path)

    with ThreadPoolExecutor(8) as pool:
        boxes = list(pool.map(opened, range(8)))
    assert {box.key for box in boxes} == {path.read_bytes()}
    assert [file.name for file in path.parent.iterdir()] == ["secret.key"]
    assert path.stat().st_mode & 0o777 == 0o600
