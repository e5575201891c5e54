"""OperationOutcome: what is wrong, or worth saying, in plain words (R4 3.1.0.4)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from dokuei.errors import DokueiError, FhirError, OutsideContractError
from dokuei.hub.fhir.model import Resource

_CODES: Final = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "processing",
    429: "throttled",
    507: "no-store",
}


def outcome(issues: Iterable[tuple[str, str, str]], *, severity: str = "error") -> Resource:
    """One issue for each code, text and place."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {"severity": severity, "code": code, "diagnostics": text, **({"expression": [where]} if where else {})}
            for code, text, where in issues
        ],
    }


def outcome_of(error: DokueiError) -> Resource:
    """What went wrong, with what to do now."""
    if isinstance(error, FhirError):
        return outcome(error.issues)
    if isinstance(error, OutsideContractError):
        return outcome([("business-rule", error.what, "")])
    return outcome([(code_of(error.http_status), str(error), "")])


def outcome_of_problem(problem: Mapping[str, Any], status: int) -> Resource:
    """The same of an RFC 9457 problem."""
    said = [str(problem.get(name) or "") for name in ("phase", "detail", "remedy")]
    text = ": ".join(one for one in said[:2] if one) or str(problem.get("title") or "not done")
    if str(problem.get("type") or "").endswith(f":{OutsideContractError.code}"):
        return outcome([("business-rule", said[1], "")])
    return outcome([(code_of(status), f"{text} ({said[2]})" if said[2] else text, "")])


def code_of(status: int) -> str:
    """The issue type of an HTTP status."""
    return _CODES.get(status, "exception" if status >= 500 else "processing")  # noqa: PLR2004 - server errors
