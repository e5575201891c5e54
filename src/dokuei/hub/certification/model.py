"""A certification of the programme as a medical device covers one exact version and no other (OPS-14)."""

from dataclasses import dataclass
from datetime import datetime

from dokuei.errors import RequestError

LONGEST_NUMBER = 100
LONGEST_HOLDER = 200
LONGEST_VERSION = 40


@dataclass(frozen=True)
class Certification:
    """認証番号, 製造販売業者 and the version, as an administrator copied them from the certificate."""

    certification_id: str
    number: str
    holder: str
    version: str
    recorded_at: datetime
    recorded_by: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None

    def covers(self, running_version: str) -> bool:
        """Whether it stands, for exactly what is running."""
        return self.withdrawn_at is None and self.version == running_version


def checked(certification: Certification) -> Certification:
    """Refuse a record that certifies nothing in particular.

    Raises:
        RequestError: a field is empty.
    """
    parts = {"認証番号": certification.number, "製造販売業者": certification.holder, "version": certification.version}
    empty = [name for name, text in parts.items() if not text.strip()]
    if empty:
        raise RequestError(f"empty: {', '.join(empty)}", phase="recording a certification")
    return certification
