"""One study out of the PACS: by C-MOVE to the gateway's own door, or by C-GET on the same association (PS3.4 C.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import structlog
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.presentation import build_role

from dokuei.dicom import uids
from dokuei.errors import DokueiError, PeerRefusedError, UnreachableError
from dokuei.gateway.keep import Keeper
from dokuei.gateway.look import Origin
from dokuei.gateway.pacs import associate, entity_of
from dokuei.settings import Destination, Settings

STUDY_ROOT_MOVE: Final = "1.2.840.10008.5.1.4.1.2.2.2"
STUDY_ROOT_GET: Final = "1.2.840.10008.5.1.4.1.2.2.3"
_PENDING: Final = 0xFF00
_SUCCESS: Final = 0x0000
_SOME_FAILED: Final = 0xB000
_UNKNOWN_DESTINATION: Final = 0xA801
_SILENT_SECONDS: Final = 600.0  # many a PACS says nothing between the request and the last object
_PHASE: Final = "fetching an earlier study"
_STORAGE: Final = "1.2.840.10008.5.1.4.1.1."
# What breast examinations are made of: an association holds no more than 128 contexts (PS3.8 9.3.2.2).
RETRIEVED: Final = tuple(
    f"{_STORAGE}{one}"
    for one in (
        *("1.2", "1.2.1", "1.1", "1.1.1", "13.1.3", "13.1.4", "13.1.5", "6.1", "6", "3.1", "3", "6.2", "4", "4.1"),
        *("4.3", "2", "2.1", "128", "130", "20", "7", "7.1", "7.2", "7.3", "7.4", "11.1", "11.2", "88.11", "88.22"),
        *("88.33", "88.50", "88.59", "104.1", "66.4", "1"),
    )
)
# One of these for each class; the whole list of what is taken would be an association request of 60 kB.
_SYNTAXES: Final = (
    uids.EXPLICIT_LITTLE,
    uids.IMPLICIT_LITTLE,
    uids.JPEG_LOSSLESS_SV1,
    uids.JPEG_LOSSLESS,
    uids.JPEG_LS_LOSSLESS,
    uids.JPEG_2000_LOSSLESS,
    uids.RLE,
    uids.JPEG_BASELINE,
    uids.JPEG_EXTENDED,
    uids.JPEG_LS_NEAR,
    uids.JPEG_2000,
)
_log = structlog.get_logger()


@dataclass(frozen=True)
class Retrieved:
    """How the PACS ended it: so many objects went, so many could not."""

    completed: int
    failed: int

    @property
    def whole(self) -> bool:
        """Whether the PACS says that nothing is missing."""
        return not self.failed


def move(settings: Settings, pacs: Destination, study_instance_uid: str) -> Retrieved:
    """Have the PACS send a study to the gateway's own AE title, by which it knows our address.

    Raises:
        UnreachableError: it does not answer, or went away in the middle.
        PeerRefusedError: it would not.
    """
    entity = entity_of(settings)
    entity.dimse_timeout = entity.network_timeout = _SILENT_SECONDS
    entity.add_requested_context(STUDY_ROOT_MOVE)
    association = associate(entity, pacs)
    try:
        wanted, model = _wanted(study_instance_uid), UID(STUDY_ROOT_MOVE)
        return _ended(status for status, _ in association.send_c_move(wanted, settings.gateway.ae_title, model))
    except (ValueError, RuntimeError) as error:
        raise _gone() from error
    finally:
        _leave(association)


def get(settings: Settings, pacs: Destination, study_instance_uid: str, keeper: Keeper) -> Retrieved:
    """Have the PACS send a study on the association that asks for it; no connection comes into the gateway.

    Raises:
        UnreachableError: it does not answer, or went away in the middle.
        PeerRefusedError: it would not.
    """
    entity = entity_of(settings)
    entity.dimse_timeout = entity.network_timeout = _SILENT_SECONDS
    entity.add_requested_context(STUDY_ROOT_GET)
    for sop_class_uid in RETRIEVED:
        entity.add_requested_context(sop_class_uid, list(_SYNTAXES))
    roles = [build_role(sop_class_uid, scp_role=True) for sop_class_uid in RETRIEVED]
    keep = _Keeping(settings.gateway.ae_title, pacs, keeper)
    association = associate(entity, pacs, [(evt.EVT_C_STORE, keep.store)], roles)
    try:
        wanted, model = _wanted(study_instance_uid), UID(STUDY_ROOT_GET)
        return _ended(status for status, _ in association.send_c_get(wanted, model))
    except (ValueError, RuntimeError) as error:
        raise _gone() from error
    finally:
        _leave(association)


@dataclass(frozen=True)
class _Keeping:
    """Objects of a C-GET into the queue, as if they had come in by the door."""

    ae_title: str
    pacs: Destination
    keeper: Keeper

    def store(self, event: evt.Event) -> int:
        """Keep one object, then say so."""
        request = event.request
        assert isinstance(request, C_STORE)  # noqa: S101 - the handler of no other message
        sop_class_uid, sop_instance_uid = str(request.AffectedSOPClassUID), str(request.AffectedSOPInstanceUID)
        syntax, sender = str(event.context.transfer_syntax), self.pacs.ae_title
        incoming = self.keeper.begin()
        try:
            incoming.head(
                sop_class_uid=sop_class_uid,
                sop_instance_uid=sop_instance_uid,
                transfer_syntax_uid=syntax,
                sending_ae=sender,
                receiving_ae=self.ae_title,
            )
            incoming.write(b"" if request.DataSet is None else request.DataSet.getvalue())
            self.keeper.keep(incoming, Origin(syntax, sender, self.pacs.host, sop_class_uid, sop_instance_uid))
        except DokueiError as error:
            _log.warning("prior.not_kept", why=error.code)
            return error.dimse_status
        finally:
            incoming.discard()
        return _SUCCESS


def _wanted(study_instance_uid: str) -> Dataset:
    wanted = Dataset()
    wanted.QueryRetrieveLevel = "STUDY"
    wanted.StudyInstanceUID = study_instance_uid
    return wanted


def _ended(statuses: Iterable[Dataset]) -> Retrieved:
    last = Dataset()
    for last in statuses:  # noqa: B007 - the last one counts
        pass
    said = last.get("Status")
    if said is None or said == _PENDING:
        raise _gone()
    completed, warned, failed = (
        int(last.get(f"NumberOf{one}Suboperations") or 0) for one in ("Completed", "Warning", "Failed")
    )
    if said in {_SUCCESS, _SOME_FAILED} or failed:
        return Retrieved(completed + warned, failed)
    if said == _UNKNOWN_DESTINATION:
        what = (
            "PACSにゲートウェイが送信先として登録されていません / the PACS does not know the gateway as a destination"
        )
        remedy = "enter its AE title, address and port"
    else:
        what, remedy = "PACSが送信を拒否しました / the PACS would not send it", "see what it allows the gateway"
    raise PeerRefusedError(f"{what}: status 0x{said:04X}", phase=_PHASE, remedy=remedy)


def _gone() -> UnreachableError:
    return UnreachableError(
        "PACSとの通信が途中で切れました / the PACS went away in the middle", phase=_PHASE, remedy="it is fetched again"
    )


def _leave(association: Association) -> None:
    if association.is_established:
        association.release()
