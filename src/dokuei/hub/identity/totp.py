"""Time-based codes (RFC 6238): a code is taken once, one step early or late, never twice."""

import io
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno

_STEP_SECONDS = 30
_STEPS_AROUND = (0, -1, 1)
NOBODYS_SECRET = "A" * 32


@dataclass(frozen=True)
class TotpInvitation:
    """What an authenticator app needs: shown once, at enrolment."""

    secret: str
    uri: str
    qr_svg: str


def invite(secret: str, *, user_name: str, issuer: str) -> TotpInvitation:
    """The secret as text, as an address, and as a picture to point a phone at."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name=issuer)
    picture = io.BytesIO()
    segno.make(uri, error="m").save(picture, kind="svg", scale=4, border=4, xmldecl=False, svgns=True, light="#fff")
    return TotpInvitation(secret, uri, picture.getvalue().decode())


def new_totp_secret() -> str:
    """160 random bits in base 32."""
    return pyotp.random_base32()


def fitting_step(secret: str, code: str, *, moment: datetime, last_step: int) -> int | None:
    """The time step that a code belongs to, if it is a new one (RFC 6238 5.2: a code is accepted only once)."""
    totp = pyotp.TOTP(secret)
    present = int(moment.timestamp()) // _STEP_SECONDS
    typed = code.strip().replace(" ", "")
    found = None
    for around in _STEPS_AROUND:
        step = present + around
        if pyotp.utils.strings_equal(totp.generate_otp(step), typed) and step > last_step:
            found = step
    return found
