"""What the hospital may ask for, as the hub told it last: an order outside it is refused where it comes (JRS-03).

The hub judges again and has the last word; what it has not told yet is not refused here.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from dokuei.clock import now
from dokuei.errors import Hl7Error
from dokuei.gateway.enrol import identity_of
from dokuei.gateway.hl7.message import INTERNAL, NOT_IN_TABLE
from dokuei.storage.pki import write_secret
from dokuei.transfer.contract import ContractScopes, Outside, Refusal, refusal
from dokuei.transfer.orders import Order

_PLACES: Final[dict[Outside, tuple[str, int]]] = {
    "day": ("ORC-1", INTERNAL),
    "modality": ("OBR-24", NOT_IN_TABLE),
    "kind": ("OBR-46", NOT_IN_TABLE),
}


def heed(home: Path, told: ContractScopes | None) -> None:
    """Keep what the hub tells, where it is another thing than before; no word changes nothing."""
    if told is None or told == known(home):
        return
    document = {"gateway_id": identity_of(home).demand().gateway_id, "contract": told.model_dump(mode="json")}
    write_secret(_file(home), json.dumps(document).encode())


def known(home: Path) -> ContractScopes | None:
    """What was told to this enrolment; None where nothing was, or nothing that can be read."""
    enrolment = identity_of(home).read()
    try:
        document = json.loads(_file(home).read_text(encoding="utf-8"))
        if enrolment is None or document["gateway_id"] != enrolment.gateway_id:
            return None
        return ContractScopes.model_validate(document["contract"])
    except (FileNotFoundError, ValueError, KeyError, TypeError, ValidationError):
        return None


def demand_covered(contract: ContractScopes | None, orders: Iterable[Order]) -> None:
    """Nothing where every order is within the contract; what is canceled always is.

    Raises:
        Hl7Error: one is outside it, with the reason in both languages.
    """
    for order in orders:
        because = outside(contract, order)
        if because is not None:
            location, condition = _PLACES[because.outside]
            raise Hl7Error(str(because), phase="checking the contract", location=location, condition=condition)


def outside(contract: ContractScopes | None, order: Order) -> Refusal | None:
    """Why an order is outside the contract; None where it is within, is a cancellation, or nothing was told yet."""
    if contract is None or order.action == "cancel":
        return None
    today = now().astimezone(ZoneInfo(contract.time_zone)).date()
    return refusal(contract.scopes, today, modalities=(order.modality,), kind=order.kind)


def _file(home: Path) -> Path:
    return identity_of(home).folder / "contract.json"
