"""A version that waits for its physician's certificate: what is signed by it, and why a signature is refused (REC-17).

The reader has proved themselves by key; nothing is final before the card has signed the prepared document too.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from dokuei.errors import SignatureError
from dokuei.hub.identity.signing_certificate import MISFIT_WORDS, SigningCertificate
from dokuei.hub.reports.model import Signature

MOST_REFUSALS: Final = 10


class Refusal(StrEnum):
    """Why what a card signed is not taken."""

    UNREADABLE = "unreadable"
    OTHER_DOCUMENT = "other_document"
    BROKEN = "broken"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    REVOKED = "revoked"
    FOREIGN = "foreign"
    WRONG_USE = "wrong_use"
    NO_PHYSICIAN = "no_physician"
    OTHER_PERSON = "other_person"
    OTHER_LICENCE = "other_licence"


WORDS: Final = {
    Refusal.UNREADABLE: "電子署名の形式が正しくありません / this is no signature that can be read",
    Refusal.OTHER_DOCUMENT: "別の文書に対する署名です / this signature is over another document",
    Refusal.BROKEN: "電子署名が正しくありません / the signature does not hold",
    Refusal.REVOKED: "証明書が失効しているか、失効の有無を確認できません / revoked, or no list says that it is not",
    Refusal.FOREIGN: "信頼する認証局の証明書ではありません / issued by no authority that is believed here",
    Refusal.OTHER_PERSON: "登録された本人の証明書ではありません / this is not the certificate recorded for this person",
    Refusal.OTHER_LICENCE: "証明書の医籍登録番号が登録と異なります / the certificate bears another licence number",
} | {Refusal(misfit.value): said for misfit, said in MISFIT_WORDS.items()}


class CardRefusedError(SignatureError):
    """What a card signed is not taken, with the reason that page and desk program show."""

    code = "certificate-refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(WORDS[refusal], phase="checking the certificate", remedy="the report waits on")
        self.refusal = refusal


@dataclass(frozen=True)
class Prepared:
    """A PDF with room for one signature: ``digest`` is SHA-256 of all but that room, which is ``start`` to ``end``."""

    pdf: bytes
    digest: bytes
    start: int
    end: int


@dataclass(frozen=True)
class Awaited:
    """A version that its reader stands for by key; ``draft_version`` tells whether it is still what is meant."""

    report_id: str
    site_id: str
    worklist_item_id: str
    role: str
    number: int
    kind: str
    version_digest: str
    draft_version: int
    signature: Signature
    prepared: Prepared
    asked_at: datetime
    expires_at: datetime
    refused: str = ""
    refusals: int = 0

    def waiting(self, *, code: str = "") -> "Waiting":
        """As its reader sees it."""
        certificate = self.signature.evidence["certificate"]
        return Waiting(self.version_digest, self.expires_at, self.refused, certificate, code)


@dataclass(frozen=True)
class Waiting:
    """What the page shows of it; ``code`` is there once, in the answer that made it.

    ``certificate`` is the one that is waited for, as the signature's evidence describes it.
    """

    version_digest: str
    expires_at: datetime
    refused: str
    certificate: str
    code: str = ""


@dataclass(frozen=True)
class ToSign:
    """What the desk program tells its user before it asks for a PIN: enough to know the report, and no patient."""

    kind: str
    number: int
    site: str
    study_date: str
    modalities: tuple[str, ...]
    reader: str
    version_digest: str
    fingerprint: str
    document_digest: bytes
    expires_at: datetime


@dataclass(frozen=True)
class Accepted:
    """The document with the physician's signature in it, and whose certificate made that."""

    pdf: bytes
    certificate: SigningCertificate
