"""From a received file to a coded and proved one: admit, transcode, prove; for C-STORE and STOW alike."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from dokuei.dicom import uids
from dokuei.dicom.admit import Admission, admission
from dokuei.dicom.bare import bare_frame
from dokuei.dicom.block import ProofBlock
from dokuei.dicom.coded import CodedFrame, CodedInstance, DigestOf, Proof
from dokuei.dicom.coded_file import CodedFile, FrameBytes, Written, seal
from dokuei.dicom.codestream import CodestreamError
from dokuei.dicom.coerce import coercions
from dokuei.dicom.decode import decode_twice
from dokuei.dicom.deidentify import Deidentification
from dokuei.dicom.elements import Buffer
from dokuei.dicom.encapsulated import Fragment, LargeFrame, join, kept
from dokuei.dicom.icons import IconDecoder
from dokuei.dicom.keep import RGB_CELLS, why_kept
from dokuei.dicom.lossy import came_lossy, lossy_history
from dokuei.dicom.pixels import Cells, PixelDescription, frame_digest, native_digest, native_frames, to_cells
from dokuei.dicom.transcode import decode_frame, encode_frame
from dokuei.errors import UnsupportedError

_REASON_LENGTH: Final = 1000
_NO_MOMENT: Final = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class TakenIn:
    """A coded object, and what was odd about it as it came (``dicom/oddities``)."""

    coded: CodedInstance
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Plan:
    """How the pixels of one object will stand in its coded file."""

    transfer_syntax_uid: str
    proof: Proof
    reason: str
    overrides: dict[int, bytes]
    originals: dict[int, bytes]


def intake(
    source: Path,
    target: Path,
    *,
    received_at: datetime | None = None,
    keep: str = "",
    deidentification: Deidentification | None = None,
) -> CodedInstance:
    """``take_in`` where nobody is told what was odd.

    Raises:
        AdmissionError: the object is refused; no target is left behind.
    """
    made = take_in(source, target, received_at=received_at, keep=keep, deidentification=deidentification)
    return made.coded


def take_in(
    source: Path,
    target: Path,
    *,
    received_at: datetime | None = None,
    keep: str = "",
    deidentification: Deidentification | None = None,
) -> TakenIn:
    """Write the coded Part 10 file for ``source``, frame by frame; fsync is the caller's.

    ``received_at`` (default: the source file's modification time) is the moment that the Original Attributes
    Sequence names where something had to be coerced; equal input gives equal bytes. ``keep`` is a reason not to
    decode anything: the pixels are then kept as they came. ``deidentification`` codes the object under a pseudonym.

    Raises:
        AdmissionError: the object is refused; no target is left behind.
    """
    moment = received_at or datetime.fromtimestamp(source.stat().st_mtime, UTC)
    if deidentification is not None and deidentification.profile.dates != "keep":
        moment = _NO_MOMENT  # the day of its arrival is about the day of its examination
    with admission(source, deidentification) as admitted, ExitStack() as undo:
        undo.callback(target.unlink, missing_ok=True)
        coded = _code(admitted, target, moment, keep)
        undo.pop_all()
        return TakenIn(coded, admitted.admitted.warnings)


def _code(admitted: Admission, target: Path, moment: datetime, keep: str) -> CodedInstance:
    description = admitted.description
    if description is None:
        syntax = uids.EXPLICIT_LITTLE
        return _write(admitted, target, _Plan(syntax, "no-pixels", "", admitted.data_set.overrides, {}))
    reason = why_kept(admitted) or keep
    if not reason:
        overrides, originals = coercions(admitted.data_set, description, moment)
        plan = _Plan(uids.HTJ2K_LOSSLESS_RPCL, "proved", "", overrides, originals)
        try:
            return _write(admitted, target, plan)
        except CodestreamError as error:
            reason = str(error)
    syntax = admitted.data_set.source.syntax.uid if description.encapsulated else uids.EXPLICIT_LITTLE
    return _write(admitted, target, _Plan(syntax, "kept", reason[:_REASON_LENGTH], admitted.data_set.overrides, {}))


def _write(admitted: Admission, target: Path, plan: _Plan) -> CodedInstance:
    identity = admitted.admitted.identity
    with target.open("w+b") as file:
        icons = IconDecoder(admitted.data_set.source.syntax).native if plan.proof == "proved" else None
        coded = CodedFile(file, admitted.data_set, plan.overrides, icons)
        coded.write_head(
            transfer_syntax_uid=plan.transfer_syntax_uid,
            sop_class_uid=identity.sop_class_uid,
            sop_instance_uid=identity.sop_instance_uid,
        )
        frames = _write_pixels(admitted, coded, plan)
        digest_of = frames[0].digest_of if frames else "pixels"
        block = ProofBlock(
            source_transfer_syntax_uid=admitted.data_set.source.syntax.uid,
            source_sha256=admitted.data_set.source.sha256,
            content_digest=admitted.content.over([frame.digest for frame in frames], digest_of),
            proof=plan.proof,
            reason=plan.reason,
            digest_of=digest_of,
            frame_digests=tuple(frame.digest for frame in frames),
            originals=plan.originals,
        )
        coded.write_tail(block)
        written = seal(file, frames)
    return _instance(admitted, plan.transfer_syntax_uid, block, written)


def _write_pixels(admitted: Admission, coded: CodedFile, plan: _Plan) -> tuple[CodedFrame, ...]:
    description, data_set, encoded = admitted.description, admitted.data_set, admitted.encoded
    if description is None:
        coded.write_empty()
        return ()
    native_bytes = description.frame_bytes * description.number_of_frames
    if plan.proof == "proved":
        frames = (_proved_frame(cells, description) for cells in _cells(admitted, description))
        bound = 2 * native_bytes
        return coded.write_encapsulated(frames, count=description.number_of_frames, digest_of="pixels", bound=bound)
    if encoded is None:
        digests = (native_digest(data, description) for data in native_frames(data_set, description))
        return coded.write_native(description, digests)
    digest_of: DigestOf = "encoded"
    bound = description.element.next - description.element.value + 8 * len(encoded.frames)
    joined = (
        _bare(admitted, description, frame) if admitted.bare else kept(data_set, frame) for frame in encoded.frames
    )
    count = len(encoded.frames) if encoded.apart else 1
    return coded.write_encapsulated(
        (FrameBytes(data, frame_digest(data)) for data in joined), count=count, digest_of=digest_of, bound=bound
    )


def _bare(admitted: Admission, description: PixelDescription, frame: tuple[Fragment, ...]) -> Buffer | LargeFrame:
    """A kept frame without what stands beside its pixels; of a video every byte may be one of its pictures."""
    syntax = admitted.data_set.source.syntax
    if syntax.kind is uids.Kind.VIDEO:
        return kept(admitted.data_set, frame)
    try:
        return bare_frame(_alone(admitted, frame), description, syntax.uid)
    except CodestreamError as error:
        raise UnsupportedError(
            f"its frames keep the encoding in which they came, and may hold words beside the pixels: {error}",
            phase="giving a pseudonym",
            remedy="It stays in the hospital. Let the sender choose a lossless transfer syntax, or JPEG or JPEG 2000.",
        ) from error


def _alone(admitted: Admission, frame: tuple[Fragment, ...]) -> bytes:
    if admitted.encoded is None or not admitted.encoded.apart:
        raise CodestreamError("its frames cannot be told apart")
    return bytes(join(admitted.data_set, frame))


def _cells(admitted: Admission, description: PixelDescription) -> Iterator[Cells]:
    """The source's cells, one frame at a time."""
    data_set = admitted.data_set
    if admitted.encoded is None:
        for data in native_frames(data_set, description):
            yield to_cells(data, description)
        return
    for frame in admitted.encoded.frames:
        yield decode_twice(bytes(join(data_set, frame)), description, data_set.source.syntax.uid)


def _proved_frame(cells: Cells, description: PixelDescription) -> FrameBytes:
    """One frame coded, decoded again and compared cell by cell before anything of it is written."""
    encoded = encode_frame(
        cells, bits_stored=description.bits_stored, colour_transform=description.photometric in RGB_CELLS
    )
    if not np.array_equal(decode_frame(encoded.data, cells.dtype), cells):
        raise CodestreamError("its coded form does not decode to the same pixels")
    return FrameBytes(encoded.data, frame_digest(cells), encoded.resolution_ends)


def _instance(admitted: Admission, transfer_syntax_uid: str, block: ProofBlock, written: Written) -> CodedInstance:
    data_set, identity = admitted.data_set, admitted.admitted.identity
    lossy = came_lossy(data_set, admitted.encoded) if block.proof == "kept" else None
    return CodedInstance(
        sop_instance_uid=identity.sop_instance_uid,
        sop_class_uid=identity.sop_class_uid,
        series_instance_uid=identity.series_instance_uid,
        study_instance_uid=identity.study_instance_uid,
        source_transfer_syntax_uid=block.source_transfer_syntax_uid,
        transfer_syntax_uid=transfer_syntax_uid,
        source_sha256=block.source_sha256,
        sha256=written.sha256,
        size=written.size,
        content_digest=block.content_digest,
        frames=written.frames,
        proof=block.proof,
        reason=block.reason,
        lossy=lossy_history(
            data_set,
            admitted.description,
            sum(frame.length for frame in written.frames),
            arrived=lossy,
        ),
    )
