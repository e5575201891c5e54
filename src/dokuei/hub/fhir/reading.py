"""From bytes to a resource that FHIR R4 allows: the library's models first, then what they leave open."""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from pydantic import ValidationError

from dokuei.errors import FhirBodyError
from dokuei.hub.fhir.model import Resource

TAKEN: Final = ("ServiceRequest", "Bundle")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_WORDS: Final = {
    "extra_forbidden": "is no element of FHIR R4 here",
    "model_field_validation.missing": "is required",
    "missing": "is required",
}
_UNKEPT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_DEEPEST: Final = 40


def resource_of(body: bytes, kinds: Iterable[str] = TAKEN) -> Resource:
    """A resource of one of these kinds.

    Raises:
        FhirBodyError: no JSON, another kind, or not what FHIR R4 allows.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise FhirBodyError(("structure", "the body is no JSON in UTF-8", "")) from None
    if not isinstance(value, dict):
        raise FhirBodyError(("structure", "a resource is a JSON object", ""))
    if not _plain(value, _DEEPEST):
        raise FhirBodyError(("structure", "nested too deeply, or with characters that no text holds", ""))
    kind = value.get("resourceType")
    if not isinstance(kind, str) or kind not in set(kinds):
        raise FhirBodyError(("invalid", f"this address takes {' and '.join(kinds)}", "resourceType"))
    return checked(value, kind)


def checked(value: Resource, kind: str) -> Resource:
    """The same resource, if the library's model of FHIR R4 takes it.

    Raises:
        FhirBodyError: it does not; the words name places and never values, which may be a patient's.
    """
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415 - large, and most processes never need it

    try:
        get_fhir_model_class(kind).model_validate(value)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False, include_context=False)
        raise FhirBodyError(*_issues(kind, found)) from None
    except (AttributeError, ImportError, LookupError, OverflowError, RecursionError, TypeError, ValueError):
        raise FhirBodyError(("structure", "not what FHIR R4 allows", kind)) from None
    return value


def _issues(kind: str, errors: Iterable[Any]) -> Iterable[tuple[str, str, str]]:
    for error in list(errors)[:20]:
        where = ".".join([kind, *(str(part) for part in error["loc"] if _is_place(part))])
        missing = str(error["type"]) in _WORDS and "missing" in str(error["type"])
        text = _WORDS.get(str(error["type"]), "is not what FHIR R4 allows here")
        yield "required" if missing else "structure", text, where


def _is_place(part: object) -> bool:
    return isinstance(part, int) or (isinstance(part, str) and _WORD.fullmatch(part) is not None)


def _plain(value: Any, depth: int) -> bool:
    """Whether every text can be kept: no control character but tab and line ends (R4 2.24.0.1), no half of a pair."""
    if depth == 0:
        return False
    if isinstance(value, dict):
        return all(_plain(name, depth) and _plain(one, depth - 1) for name, one in value.items())
    if isinstance(value, list):
        return all(_plain(one, depth - 1) for one in value)
    return not isinstance(value, str) or _UNKEPT.search(value) is None


def _no_number(_text: str) -> None:
    raise ValueError("no number")
