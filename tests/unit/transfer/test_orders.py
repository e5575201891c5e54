"""What a notice of an order must hold, and what it must not."""

import pytest

from dokuei.errors import RequestError
from dokuei.transfer.orders import OrderNotice

_PATIENT = '{"patient_id": "000123", "name": {"ideographic": "髙橋^花子", "phonetic": "タカハシ^ハナコ"}}'
_ORDER = f'{{"action": "new", "accession_number": "A1", "patient": {_PATIENT}}}'
_HEAD = '"message_key": "HIS|1", "source": "hl7", "received_at": "2026-11-30T10:00:00+09:00"'


def test_an_order_comes_as_it_was_said() -> None:
    notice = OrderNotice.read(f'{{{_HEAD}, "order": {_ORDER}}}'.encode())
    assert notice.order is not None
    assert notice.order.patient.name.ideographic == "髙橋^花子"
    assert (notice.order.patient.birth_date, notice.order.priority) == ("", "routine")
    assert OrderNotice.read(notice.model_dump_json().encode()) == notice


@pytest.mark.parametrize(
    ("rest", "wrong"),
    [
        ("", "an order or a correction"),
        (
            f', "order": {_ORDER}, "correction": {{"action": "update", "patient": {_PATIENT}}}',
            "an order or a correction",
        ),
        (f', "order": {{"action": "cancel", "patient": {_PATIENT}}}', "its own number"),
        (f', "correction": {{"action": "merge", "patient": {_PATIENT}}}', "that is given up"),
        (', "order": {"action": "new", "accession_number": "A1", "patient": {"patient_id": ""}}', "patient_id"),
        (f', "order": {_ORDER.replace("A1", "A1" * 200)}', "accession_number"),
    ],
)
def test_what_names_nothing_is_refused(rest: str, wrong: str) -> None:
    with pytest.raises(RequestError, match=wrong):
        OrderNotice.read(f"{{{_HEAD}{rest}}}".encode())
