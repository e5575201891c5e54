"""Requests as a hospital's staff would place them in the portal."""

from typing import Any

import httpx
from pydicom.dataset import Dataset

from dokuei.hub.identity.model import Grant, Role
from tests.makers.archive import MG, image

STAFF = Grant(Role.SITE_STAFF, "kita")
ASKED: dict[str, Any] = {
    "priority": "routine",
    "due_at": None,
    "accession_number": "A-1",
    "issuer_of_accession_number": "",
    "placer_order_number": "P-1",
    "patient": {
        "patient_id": "00012345",
        "issuer_of_patient_id": "",
        "name": {"alphabetic": "Yamada^Hanako", "ideographic": "山田^花子", "phonetic": "ヤマダ^ハナコ"},
        "birth_date": "19550401",
        "sex": "F",
    },
    "modality": "MG",
    "examination_date": "20261101",
    "procedure": {"value": "200000", "scheme": "JJ1017", "meaning": "乳房撮影"},
    "requesting_physician": "髙橋",
    "requesting_department": "乳腺外科",
    "clinical": {
        "reason": "検診要精査",
        "question": "石灰化の良悪性",
        "symptoms": [
            {"side": "R", "kind": "lump", "clock": 10, "zone": None, "note": "径1 cm"},
            {"side": "L", "kind": "pain", "clock": None, "zone": "axilla", "note": ""},
        ],
        "history": "子宮筋腫",
        "surgeries": [{"side": "L", "kind": "乳房部分切除", "year": 2015, "note": "断端陰性"}],
        "pathology": "線維腺腫",
        "family_history": [{"relation": "母", "cancer": "breast", "age": 52}],
        "gene": "brca2",
        "gene_note": "2020年検査",
        "menstruation": "post",
        "last_period": "20101001",
        "hormone_therapy": "タモキシフェン",
        "implants": "none",
        "pregnancy": "none",
        "prior_examinations": "2024年 他院 MG",
        "note": "",
    },
}


def changed(**values: Any) -> dict[str, Any]:
    """The same request with some other words."""
    return {**ASKED, **values}


def asked(client: httpx.Client, *, site_id: str = "kita", **values: Any) -> dict[str, Any]:
    """A request that was placed."""
    answer = client.post("/api/v1/requests", json={**changed(**values), "site_id": site_id})
    assert answer.status_code == 201, answer.text
    placed: dict[str, Any] = answer.json()
    return placed


def view(**elements: Any) -> Dataset:
    """A mammogram that its modality numbered ``A-1``."""
    return image(sop_class=MG, modality="MG", **{"AccessionNumber": "A-1", **elements})


def state(client: httpx.Client, item: str) -> tuple[str, str]:
    """What the case says of its request."""
    one = client.get(f"/api/v1/worklist/{item}").json()
    return one["request_state"], one["request_reason"]


def read(client: httpx.Client, request: dict[str, Any]) -> dict[str, Any]:
    """A request as it is now."""
    found: dict[str, Any] = client.get(f"/api/v1/requests/{request['request_id']}").raise_for_status().json()
    return found
