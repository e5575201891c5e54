"""Keys of what a browser keeps: the session's end with it, the person's come back, nobody else's are alike."""

from dataclasses import replace

import pytest

from dokuei.errors import NotFoundError
from dokuei.hub.identity.kept_here import browser_keys
from dokuei.hub.identity.model import Principal
from dokuei.hub.identity.secrets import SecretBox

BOX = SecretBox(b"k" * 32)
READER = Principal("person:1", "1", "読影 医", frozenset(), frozenset(), session_id="first")


def test_the_same_session_is_handed_the_same_keys_again() -> None:
    assert browser_keys(BOX, READER) == browser_keys(BOX, READER)


def test_images_of_another_session_do_not_open_and_the_persons_drafts_do() -> None:
    """NET-17: after sign-out nobody is handed the key of what is left on the disk."""
    before, after = browser_keys(BOX, READER), browser_keys(BOX, replace(READER, session_id="second"))
    assert before.images.key != after.images.key
    assert before.images.key_id != after.images.key_id
    assert before.drafts == after.drafts


def test_another_person_another_hub_and_another_purpose_have_other_keys() -> None:
    mine = browser_keys(BOX, READER)
    colleague = browser_keys(BOX, replace(READER, person_id="2"))
    elsewhere = browser_keys(SecretBox(b"x" * 32), READER)
    made = [one for keys in (mine, colleague, elsewhere) for one in (keys.images, keys.drafts)]
    assert len({one.key for one in made}) == 5  # the same session's images, asked for twice
    assert all(len(one.key) == 32 for one in made)
    assert all(one.key.hex() != one.key_id for one in made)


def test_a_program_has_no_session_and_no_keys() -> None:
    with pytest.raises(NotFoundError):
        browser_keys(BOX, Principal("token:1", None, "PACS", frozenset(), frozenset()))
