"""Where hospitals' orders meet requests: each gateway speaks for its own site and for no other."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from dokuei.hub.gateways.api import Caller
from dokuei.hub.gateways.model import Gateway
from dokuei.hub.requests.model import Clinical, Code, Content, Name, Patient, Source
from dokuei.hub.requests.notices import Corrected, Notice, Ordered, Outcome
from dokuei.hub.requests.placing import Author
from dokuei.hub.requests.service import RequestsService
from dokuei.transfer.orders import (
    ORDERS_PATH,
    Order,
    OrderAnswer,
    OrderAnswers,
    OrderedPatient,
    OrderNotice,
    OrderNotices,
    PatientCorrection,
)
from dokuei.written_days import written

KeepPulse = Callable[[Gateway, OrderNotice], bool]

_log = structlog.get_logger()
_PULSE_ANSWERS: Final[dict[bool, tuple[Outcome, str]]] = {
    True: ("taken", ""),
    False: ("refused", "no test patient of this gateway is expected"),
}


def routes(
    requests: RequestsService,
    authenticated: Callable[[Request], Awaitable[Caller]],
    keep_pulse: KeepPulse = lambda _gateway, _notice: False,
) -> APIRouter:
    """What a gateway tells of requests, on the gateways' listener; ``keep_pulse`` takes its test patient's."""
    router = APIRouter(tags=["gateway"])
    known = Annotated[Caller, Depends(authenticated)]

    @router.post(ORDERS_PATH)
    async def orders(caller: known) -> JSONResponse:
        """Take what the caller's hospital has said, the oldest first."""
        told = OrderNotices.read(caller.body)
        answers = await run_in_threadpool(_take, requests, keep_pulse, caller, told)
        return JSONResponse(OrderAnswers(answers=answers).model_dump())

    return router


def _take(requests: RequestsService, keep_pulse: KeepPulse, caller: Caller, told: OrderNotices) -> list[OrderAnswer]:
    gateway = caller.gateway
    author = Author(gateway.actor, gateway.name)
    answers = []
    for one in told.notices:
        plain = _without_nul(one)
        if plain.source == "pulse":
            outcome, reason = _PULSE_ANSWERS[keep_pulse(gateway, plain)]
        else:
            outcome, reason = requests.notices.take(gateway.site_id, _notice(plain, plain.source), author=author)
        _log.info("order.heard", site_id=gateway.site_id, source=one.source, outcome=outcome)
        answers.append(OrderAnswer(message_key=one.message_key, outcome=outcome, reason=reason))
    return answers


def _without_nul(told: OrderNotice) -> OrderNotice:
    """What a system put there as padding: no text column keeps one, and no message may hold back those behind it."""
    return OrderNotice.model_validate(_plain(told.model_dump()))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value.replace("\0", "") if isinstance(value, str) else value


def _notice(told: OrderNotice, source: Source) -> Notice:
    said = _ordered(told.order) if told.order is not None else None
    if said is None and told.correction is not None:
        return Notice(told.message_key, source, told.received_at, _corrected(told.correction))
    assert said is not None  # noqa: S101 - the message holds one of the two, or it is none
    return Notice(told.message_key, source, told.received_at, said)


def _ordered(order: Order) -> Ordered:
    return Ordered(order.action, content_of(order), tuple((one.name, one.data()) for one in order.attachments))


def content_of(order: Order) -> Content:
    """What is asked for, in requests' words."""
    given = order.worklist_study_instance_uid
    return Content(
        priority=order.priority,
        accession_number=order.accession_number.strip(),
        issuer_of_accession_number=order.issuer_of_accession_number.strip(),
        placer_order_number=order.placer_order_number.strip(),
        filler_order_number=order.filler_order_number.strip(),
        patient=_patient(order.patient),
        modality=order.modality.strip(),
        kind=order.kind,
        examination_date=written(order.examination_date),
        procedure=Code(order.procedure.value, order.procedure.scheme, order.procedure.meaning),
        requesting_physician=order.requesting_physician,
        requesting_department=order.requesting_department,
        clinical=Clinical(reason=order.reason, history=order.clinical_information),
        study_instance_uid=order.study_instance_uid,
        worklist_study_instance_uids=() if given is None else (given,),
    )


def _corrected(correction: PatientCorrection) -> Corrected:
    prior = None
    if correction.action == "merge":
        prior = Patient(correction.prior_patient_id.strip(), correction.prior_issuer_of_patient_id.strip())
    return Corrected(_patient(correction.patient), prior)


def _patient(told: OrderedPatient) -> Patient:
    return Patient(
        patient_id=told.patient_id.strip(),
        issuer_of_patient_id=told.issuer_of_patient_id.strip(),
        name=Name(told.name.alphabetic, told.name.ideographic, told.name.phonetic),
        birth_date=told.birth_date,
        sex=told.sex,
    )
