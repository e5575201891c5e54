"""What stands for a patient, a UID or a number under a pseudonym: digests that only the holder of their key can link.

The same key and the same input give the same output, whatever the order in which objects come; nothing is stored.
"""

import base64
import hashlib
import hmac
import re
import uuid
from dataclasses import dataclass, field
from typing import Final

_LONGEST_SHIFT_DAYS: Final = 3650
_PATIENT_LETTERS: Final = 16
_ACCESSION_LETTERS: Final = 14
_GROUP: Final = 4
_PATIENT: Final = re.compile("P(-[0-9A-HJKMNP-TV-Z]{4}){4}")
_CROCKFORD: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def is_pseudonym(text: str) -> bool:
    """Whether a text has the form of a patient's pseudonym."""
    return _PATIENT.fullmatch(text) is not None


@dataclass(frozen=True)
class Pseudonyms:
    """Everything that the key of one gateway makes; ``key`` has 32 random bytes and stays in the gateway."""

    key: bytes = field(repr=False)

    def patient(self, patient_id: str, issuer_of_patient_id: str, study_instance_uid: str) -> str:
        """A pseudonym of 80 bits, the same for every study of one patient ID and issuer (LO and PN take it).

        An object without a patient ID is of nobody known: each such study has a pseudonym of its own.
        """
        who = ("id", patient_id, issuer_of_patient_id) if patient_id else ("study", study_instance_uid)
        letters = self._letters("patient", *who)[:_PATIENT_LETTERS]
        return "P-" + "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))

    def uid(self, uid: str) -> str:
        """A UID under the UUID root (PS3.5 B.2, a version 8 UUID of RFC 9562)."""
        digest = bytearray(self._digest("uid", uid)[:16])
        digest[6] = digest[6] & 0x0F | 0x80
        digest[8] = digest[8] & 0x3F | 0x80
        return f"2.25.{uuid.UUID(bytes=bytes(digest)).int}"

    def accession_number(self, accession_number: str, issuer: str = "") -> str:
        """What stands for an order's number (SH: 16 characters); empty stays empty."""
        return (
            "A-" + self._letters("accession", accession_number, issuer)[:_ACCESSION_LETTERS] if accession_number else ""
        )

    def days(self, patient: str) -> int:
        """By how many days the dates of one pseudonym are moved back, 1 to 3650; never 0."""
        return 1 + int.from_bytes(self._digest("days", patient)[:8]) % _LONGEST_SHIFT_DAYS

    def sha256(self, sha256: str) -> str:
        """A digest that finds the received file again in the gateway, and nowhere else."""
        return self._digest("sha256", sha256).hex()

    def _digest(self, *what: str) -> bytes:
        return hmac.digest(self.key, "\0".join(what).encode(), hashlib.sha256)

    def _letters(self, *what: str) -> str:
        return base64.b32encode(self._digest(*what)).decode().translate(_CROCKFORD)
