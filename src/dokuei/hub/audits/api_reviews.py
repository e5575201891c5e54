"""The monthly review over HTTP: for auditors of the centre."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from dokuei.clock import now
from dokuei.hub.audits.api_shapes import (
    AnomalyIn,
    ResolutionIn,
    ReviewBegunOut,
    ReviewOut,
    ReviewSignIn,
    begun_out,
    reviews_out,
)
from dokuei.hub.audits.reviewing import Proof, Reviewing
from dokuei.hub.identity.api import require_in_centre
from dokuei.hub.identity.model import Permission, Principal

ChiefAuditor = Annotated[Principal, Depends(require_in_centre(Permission.READ_AUDIT))]
Month = Annotated[str, Path(pattern="^[0-9]{4}-(0[1-9]|1[0-2])$")]


def review_routes(reviewing: Reviewing) -> APIRouter:
    """The routes of reviews and anomalies."""
    router = APIRouter()

    @router.get("/reviews")
    def reviews(_by: ChiefAuditor) -> list[ReviewOut]:
        """Every month's review, the latest first."""
        return reviews_out(reviewing.every(), moment=now())

    @router.post("/reviews/{month}/anomalies", status_code=204)
    def note(by: ChiefAuditor, month: Month, noted: AnomalyIn) -> Response:
        """Something that wants explaining."""
        reviewing.note(by, month, noted.text, sequence=noted.sequence)
        return Response(status_code=204)

    @router.post("/anomalies/{anomaly_id}/resolution", status_code=204)
    def close(by: ChiefAuditor, anomaly_id: str, explained: ResolutionIn) -> Response:
        """Its explanation."""
        reviewing.close(by, anomaly_id, explained.resolution)
        return Response(status_code=204)

    @router.post("/reviews/{month}/signature/begin")
    def begin(by: ChiefAuditor, month: Month) -> ReviewBegunOut:
        """Exactly what would be signed."""
        return begun_out(reviewing.begin_signature(by, month))

    @router.post("/reviews/{month}/signature", status_code=204)
    def sign(by: ChiefAuditor, month: Month, presented: ReviewSignIn) -> Response:
        """Sign what was shown."""
        proof = Proof(presented.credential, presented.password, presented.totp_code)
        reviewing.sign(by, month, proof, expected_digest=presented.digest)
        return Response(status_code=204)

    return router
