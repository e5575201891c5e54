"""Behind a one-time link: no session yet, the code itself is the right to be here.

It travels in a header: paths stand in the logs of every proxy on the way.
"""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Response

from dokuei.hub.identity.api_shapes import CodeIn, CredentialIn, InvitationOut, NewPasswordIn, TotpOut
from dokuei.hub.identity.enrolment import Enrolments
from dokuei.hub.identity.guard import demand_own_page, private

Code = Annotated[str, Header(alias="X-Dokuei-Enrolment", max_length=100)]


def routes(enrolments: Enrolments) -> APIRouter:
    """The routes behind a link."""
    router = APIRouter(
        prefix="/api/v1/enrolments",
        tags=["enrolment"],
        dependencies=[Depends(demand_own_page), Depends(private)],
    )

    @router.get("")
    def describe(code: Code) -> InvitationOut:
        """Whom the link is for."""
        invitation = enrolments.describe(code)
        return InvitationOut(
            user_name=invitation.person.user_name,
            display_name=invitation.person.display_name,
            display_name_kana=invitation.person.display_name_kana,
            language=invitation.person.language,
            expires_at=invitation.expires_at,
        )

    @router.post("/passkey/options")
    def passkey_options(code: Code) -> dict[str, Any]:
        """Options for ``navigator.credentials.create``."""
        return enrolments.passkey_options(code)

    @router.post("/passkey", status_code=204)
    def passkey(code: Code, made: CredentialIn) -> Response:
        """Keep the key; the link is used up."""
        enrolments.passkey(code, made.credential, label=made.label)
        return Response(status_code=204)

    @router.post("/password")
    def password(code: Code, chosen: NewPasswordIn) -> TotpOut:
        """Choose a password; the answer is what the code app needs."""
        invitation = asdict(enrolments.password(code, chosen.password))
        return TotpOut(totp_secret=invitation["secret"], otpauth_uri=invitation["uri"], qr_svg=invitation["qr_svg"])

    @router.post("/totp", status_code=204)
    def totp(code: Code, shown: CodeIn) -> Response:
        """Confirm with the app's first code; the link is used up."""
        enrolments.confirm(code, shown.totp_code)
        return Response(status_code=204)

    return router
