"""Keys of what a browser keeps of its own: they come from the hub and never lie where what they open lies (NET-17).

Images that are brought before they are looked at lie encrypted on the reader's disk under a key of this session: when
the session ends nobody is handed it again. What was typed and has not reached the hub lies under a key of the person,
who finds it after signing in anew. Both are derived (HKDF, RFC 5869) from the hub's own secret: nothing is stored.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dokuei.errors import NotFoundError
from dokuei.hub.identity.model import Principal
from dokuei.hub.identity.secrets import SecretBox

_KEY_BYTES: Final = 32
_ID_BYTES: Final = 16


@dataclass(frozen=True)
class BrowserKey:
    """A key for AES-256-GCM, and the name under which what it opens is kept; the name tells nothing."""

    key_id: str
    key: bytes


@dataclass(frozen=True)
class BrowserKeys:
    """``images`` end with the session, ``drafts`` belong to the person."""

    images: BrowserKey
    drafts: BrowserKey


def browser_keys(box: SecretBox, principal: Principal) -> BrowserKeys:
    """The keys of whoever is signed in.

    Raises:
        NotFoundError: no person's session.
    """
    if principal.session_id is None or principal.person_id is None:
        raise NotFoundError("nothing here", phase="handing out a browser's keys")
    return BrowserKeys(
        images=_derived(box, f"images of session {principal.session_id}"),
        drafts=_derived(box, f"drafts of person {principal.person_id}"),
    )


def _derived(box: SecretBox, purpose: str) -> BrowserKey:
    made = HKDF(SHA256(), _ID_BYTES + _KEY_BYTES, salt=None, info=f"dokuei browser {purpose}".encode()).derive(box.key)
    return BrowserKey(made[:_ID_BYTES].hex(), made[_ID_BYTES:])
