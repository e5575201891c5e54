"""Which classes and transfer syntaxes are taken, and who may come in."""

import pytest
from pydicom.uid import UID
from pynetdicom import build_context
from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    ImplementationClassUIDNotification,
    MaximumLengthNotification,
    SCP_SCU_RoleSelectionNegotiation,
)
from pynetdicom.sop_class import _STORAGE_CLASSES

from dokuei.dicom import uids
from dokuei.errors import AdmissionError
from dokuei.gateway.receive_negotiation import (
    STORAGE_COMMITMENT,
    Doorkeeper,
    RejectedError,
    choose_syntax,
    looks_like_storage,
    reject,
)
from dokuei.settings import Peer

_MR = "1.2.840.10008.5.1.4.1.1.4"


def _request(
    *contexts: tuple[str, list[str]], called: str = "DOKUEI", calling: str = "MR1", roles: tuple[str, ...] = ()
) -> bytes:
    asked = A_ASSOCIATE()
    asked.application_context_name = UID("1.2.840.10008.3.1.1.1")
    asked.calling_ae_title, asked.called_ae_title = calling, called
    definitions = []
    for number, (abstract, transfer) in enumerate(contexts):
        context = build_context(abstract, transfer)
        context.context_id = 2 * number + 1
        definitions.append(context)
    asked.presentation_context_definition_list = definitions
    length, implementation = MaximumLengthNotification(), ImplementationClassUIDNotification()
    length.maximum_length_received, implementation.implementation_class_uid = 16384, UID("1.2.3")
    items: list[object] = [length, implementation]
    for uid in roles:
        role = SCP_SCU_RoleSelectionNegotiation()
        role.sop_class_uid, role.scu_role, role.scp_role = UID(uid), True, True
        items.append(role)
    asked.user_information = items  # type: ignore[assignment]  # pynetdicom's own union is narrower than its code
    return bytes(A_ASSOCIATE_RQ(asked).encode())


@pytest.mark.parametrize("uid", [str(uid) for uid in _STORAGE_CLASSES.values()])
def test_every_storage_class_that_pynetdicom_knows_is_storage(uid: str) -> None:
    assert looks_like_storage(uid)


@pytest.mark.parametrize(
    "uid",
    [
        "1.2.840.10008.1.1",
        "1.2.840.10008.1.20.1",
        "1.2.840.10008.5.1.4.1.2.2.1",
        "1.2.840.10008.5.1.4.31",
        "1.2.840.10008.5.1.4.1.1.201.2",
        "1.2.840.10008.5.1.4.39.1",
        "1.2.840.10008.1.3.10",
        "not a UID",
        "",
    ],
)
def test_what_is_no_storage_of_a_study_is_not_taken_for_it(uid: str) -> None:
    assert not looks_like_storage(uid)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([uids.IMPLICIT_LITTLE, uids.EXPLICIT_LITTLE], uids.EXPLICIT_LITTLE),
        ([uids.JPEG_BASELINE, uids.IMPLICIT_LITTLE], uids.IMPLICIT_LITTLE),
        ([uids.JPEG_LOSSLESS_SV1, uids.EXPLICIT_LITTLE], uids.JPEG_LOSSLESS_SV1),
        ([uids.JPEG_2000, uids.JPEG_2000_LOSSLESS], uids.JPEG_2000_LOSSLESS),
        ([uids.JPEG_BASELINE], uids.JPEG_BASELINE),
        (["1.2.840.10008.1.2.4.94"], None),
    ],
)
def test_a_lossless_syntax_is_chosen_before_a_lossy_one(offered: list[str], chosen: str | None) -> None:
    assert choose_syntax(offered) == chosen


def test_the_reply_accepts_what_is_taken_and_names_our_limits() -> None:
    request = _request(
        (_MR, [uids.EXPLICIT_LITTLE]),
        ("1.2.840.10008.5.1.4.1.2.2.1", [uids.EXPLICIT_LITTLE]),
        (_MR, ["1.2.840.10008.1.2.4.94"]),
        (STORAGE_COMMITMENT, [uids.IMPLICIT_LITTLE]),
        roles=(_MR, STORAGE_COMMITMENT),
    )
    agreement = Doorkeeper("DOKUEI", ()).agree(request, address="127.0.0.1")
    assert {number: context.abstract_syntax for number, context in agreement.contexts.items()} == {
        1: _MR,
        7: STORAGE_COMMITMENT,
    }
    reply = A_ASSOCIATE_AC()
    reply.decode(agreement.reply)
    answer = reply.to_primitive()
    assert [c.result for c in answer.presentation_context_definition_results_list] == [0, 3, 4, 0]
    assert answer.maximum_length_received == 131072
    roles = [item for item in answer.user_information if isinstance(item, SCP_SCU_RoleSelectionNegotiation)]
    assert [(role.scu_role, role.scp_role) for role in roles] == [(True, False), (True, True)], "a PACS may report"


@pytest.mark.parametrize(
    ("peers", "address", "called", "numbers"),
    [
        ((), "127.0.0.1", "ELSE", (1, 1, 7)),
        ((), "192.0.2.1", "DOKUEI", (1, 1, 3)),
        ((Peer(ae_title="MR1", address="192.0.2.0/24"),), "192.0.3.1", "DOKUEI", (1, 1, 3)),
        ((Peer(ae_title="MR2"),), "192.0.2.1", "DOKUEI", (1, 1, 3)),
        ((Peer(ae_title="MR1", address="192.0.2.0/24"),), "192.0.2.9", "DOKUEI", None),
        ((Peer(ae_title="MR1", address="192.0.2.9"),), "::ffff:192.0.2.9", "DOKUEI", None),
        ((Peer(ae_title="MR1"),), "2001:db8::1", "DOKUEI", None),
        ((), "::1", "DOKUEI", None),
    ],
)
def test_title_and_address_must_both_fit(
    peers: tuple[Peer, ...], address: str, called: str, numbers: tuple[int, int, int] | None
) -> None:
    """NET-13: the calling AE title and the address it comes from are judged together."""
    request = _request((_MR, [uids.EXPLICIT_LITTLE]), called=called)
    if numbers is None:
        assert Doorkeeper("DOKUEI", peers).agree(request, address=address).calling_ae == "MR1"
        return
    with pytest.raises(RejectedError) as caught:
        Doorkeeper("DOKUEI", peers).agree(request, address=address)
    assert (caught.value.result, caught.value.source, caught.value.diagnostic) == numbers
    assert tuple(reject(caught.value)[-3:]) == numbers


def test_without_tls_a_peer_from_elsewhere_is_known_by_its_address_only() -> None:
    """NET-13: an AE title alone, which anybody can write, lets nobody in from the network in the clear."""
    peers = (Peer(ae_title="TITLE"), Peer(ae_title="BOTH", address="192.0.2.0/24"))
    clear, secure = Doorkeeper("DOKUEI", peers, in_clear=True), Doorkeeper("DOKUEI", peers)
    assert [clear.may(title, "192.0.2.7") for title in ("TITLE", "BOTH")] == [False, True]
    assert [secure.may(title, "192.0.2.7") for title in ("TITLE", "BOTH")] == [True, True]
    assert clear.may("TITLE", "127.0.0.1")


def test_a_full_house_is_told_to_come_again() -> None:
    with pytest.raises(RejectedError) as caught:
        Doorkeeper("DOKUEI", (), full=True).agree(_request((_MR, [uids.EXPLICIT_LITTLE])), address="127.0.0.1")
    assert caught.value.result == 2


def test_a_request_that_is_none_is_refused() -> None:
    with pytest.raises(AdmissionError):
        Doorkeeper("DOKUEI", ()).agree(b"\1\0\0\0\0\x50" + b"\xff" * 80, address="127.0.0.1")
