"""Who a received object is, and whether it is whole: all that is asked before the answer."""

from dataclasses import dataclass
from datetime import datetime

from dokuei.dicom import uids
from dokuei.dicom.read import ObjectIdentity, read_identity, whole_identity
from dokuei.dicom.source import open_source
from dokuei.errors import AdmissionError, IdentityError, NotDicomError, TruncatedError, UnsupportedError
from dokuei.gateway.incoming import Incoming


@dataclass(frozen=True)
class Origin:
    """Whence an object comes, what its sender says it is, and when it came where that is not now."""

    transfer_syntax_uid: str = ""
    sending_ae: str = ""
    peer_address: str = ""
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True)
class Seen:
    """What the object says of itself; ``transfer_syntax_uid`` is the one it was read in."""

    identity: ObjectIdentity
    transfer_syntax_uid: str


def look(incoming: Incoming, origin: Origin) -> Seen:
    """Read the header in the transfer syntax that the sender named, or in the one that the bytes are plainly in.

    Raises:
        AdmissionError: it cannot be read, is cut off, or is not what its sender said.
    """
    if incoming.size <= incoming.dataset_offset:
        raise NotDicomError("an object without a data set", phase="admission", remedy="send it again from its source")
    named = uids.TRANSFER_SYNTAXES.get(origin.transfer_syntax_uid)
    if origin.transfer_syntax_uid and not (named and named.deflated):
        seen = _strictly(incoming, origin.transfer_syntax_uid)
    else:
        seen = _leniently(incoming)  # a deflated one is inflated to its end, with whatever head its writer gave it
    if seen.identity.sop_class_uid == uids.MEDIA_STORAGE_DIRECTORY:
        raise UnsupportedError("a DICOMDIR is no object", phase="admission", remedy="import the folder it stands in")
    for name in ("sop_instance_uid", "sop_class_uid"):
        said = getattr(origin, name)
        if said and said != getattr(seen.identity, name):
            raise IdentityError(
                f"{name} in the data set is not the one in the request",
                phase="admission",
                remedy="correct the sender; the object is in quarantine",
            )
    return seen


def _strictly(incoming: Incoming, transfer_syntax_uid: str) -> Seen:
    try:
        with incoming.dataset() as data:
            return Seen(read_identity(data, transfer_syntax_uid, whole=True), transfer_syntax_uid)
    except (TruncatedError, NotDicomError) as error:
        try:
            return _leniently(incoming)
        except AdmissionError:
            raise error from None


def _leniently(incoming: Incoming) -> Seen:
    """Some writers name one transfer syntax and write another, or name none."""
    with open_source(incoming.path, whole=False) as source:
        return Seen(whole_identity(source), source.syntax.uid)
