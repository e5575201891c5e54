"""Proof that a coded file still is what its digests say, and the digests read back from the file itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from dokuei.dicom import uids
from dokuei.dicom.admit import Admission, admission
from dokuei.dicom.coded import CodedFrame, CodedInstance
from dokuei.dicom.codestream import CodestreamError, read_jpeg2000
from dokuei.dicom.dataset import DataSet
from dokuei.dicom.encapsulated import Fragment, join, kept
from dokuei.dicom.image_mac import ImageMac, MacAlong
from dokuei.dicom.lossy import came_lossy, lossy_history
from dokuei.dicom.pixels import PixelDescription, frame_digest, native_digest, native_frames
from dokuei.dicom.stored import Stored
from dokuei.dicom.transcode import decode_frame
from dokuei.errors import AdmissionError, ProofError

_END_OF_CODESTREAM = 2


@dataclass(frozen=True)
class Proved:
    """What the header says of the source, and the image's MAC where all its frames had to be decoded anyway."""

    data_set: DataSet
    mac: ImageMac | None


def prove(path: Path, coded: CodedInstance) -> None:
    """Decode every frame of a coded file again and compare it with what ``coded`` says.

    Raises:
        ProofError: the file, its header or a frame is not what it was; the text names the frame.
    """
    with proved(path, coded):
        return


@contextmanager
def proved(path: Path, coded: CodedInstance) -> Iterator[Proved]:
    """The same, and what that reading found: one reading for both.

    Raises:
        ProofError: the file, its header or a frame is not what it was; the text names the frame.
    """
    with _opened(path) as opened:
        found = _rebuild(opened, path)
        for field in fields(CodedInstance):
            if getattr(found, field.name) != getattr(coded, field.name):
                raise _unproved(f"{field.name} of {coded.sop_instance_uid} is not what it was")
        digests = [frame.digest for frame in coded.frames]
        digest_of = coded.frames[0].digest_of if coded.frames else "pixels"
        if opened.content.over(digests, digest_of) != coded.content_digest:
            raise _unproved(f"the header of {coded.sop_instance_uid} is not what it was")
        along = _mac_along(opened, coded)
        for number, (frame, digest) in enumerate(zip(coded.frames, _digests(opened, coded, along), strict=True), 1):
            if frame.digest != digest:
                raise _unproved(f"frame {number} of {coded.sop_instance_uid} does not have the pixels of its source")
        yield Proved(opened.data_set, None if along is None else along.made())


def _mac_along(opened: Admission, coded: CodedInstance) -> MacAlong | None:
    if coded.proof != "proved" or opened.description is None or opened.encoded is None:
        return None
    return MacAlong(Stored(opened.data_set, opened.block, opened.description, opened.encoded))


def inspect(path: Path) -> CodedInstance:
    """Rebuild what is known about a coded file from the file alone, for a database that was lost.

    Raises:
        ProofError: the file carries no digests of ours, or they do not fit it.
    """
    with _opened(path) as opened:
        return _rebuild(opened, path)


@contextmanager
def _opened(path: Path) -> Iterator[Admission]:
    try:
        with admission(path) as opened:
            yield opened
    except AdmissionError as error:
        raise _unproved(f"the coded file cannot be read: {error.what}") from error


def _rebuild(opened: Admission, path: Path) -> CodedInstance:
    block, identity, data_set = opened.block, opened.admitted.identity, opened.data_set
    if block is None:
        raise _unproved("the file carries no digests of its source")
    frames = _frames(opened, block.frame_digests, block.digest_of)
    lossy = came_lossy(data_set, opened.encoded) if block.proof == "kept" else None
    return CodedInstance(
        sop_instance_uid=identity.sop_instance_uid,
        sop_class_uid=identity.sop_class_uid,
        series_instance_uid=identity.series_instance_uid,
        study_instance_uid=identity.study_instance_uid,
        source_transfer_syntax_uid=block.source_transfer_syntax_uid,
        transfer_syntax_uid=data_set.source.syntax.uid,
        source_sha256=block.source_sha256,
        sha256=data_set.source.sha256,
        size=path.stat().st_size,
        content_digest=block.content_digest,
        frames=frames,
        proof=block.proof,
        reason=block.reason,
        lossy=lossy_history(data_set, opened.description, sum(frame.length for frame in frames), arrived=lossy),
    )


def _frames(opened: Admission, digests: tuple[str, ...], digest_of: str) -> tuple[CodedFrame, ...]:
    """Where each frame stands in the file, beside its digest."""
    description = opened.description
    if description is None:
        spans: list[tuple[int, int, tuple[int, ...]]] = []
    elif opened.encoded is not None:
        spans = [_span(opened, frame[0]) for frame in opened.encoded.frames if len(frame) == 1]
    else:
        spans = [_native_span(description, number) for number in range(description.number_of_frames)]
    if len(spans) != len(digests):
        raise _unproved(f"the file has {len(spans)} frames and {len(digests)} digests")
    of = "encoded" if digest_of == "encoded" else "pixels"
    return tuple(
        CodedFrame(start, length, digest, of, ends)  # type: ignore[arg-type] # one of two literals
        for (start, length, ends), digest in zip(spans, digests, strict=True)
    )


def _span(opened: Admission, fragment: Fragment) -> tuple[int, int, tuple[int, ...]]:
    """Offset, length without padding, and resolution ends of one encapsulated frame."""
    length = fragment.end - fragment.start
    if opened.data_set.source.syntax.uid != uids.HTJ2K_LOSSLESS_RPCL or opened.block is None:
        return fragment.start, length, ()
    if opened.block.proof != "proved":
        return fragment.start, length, ()
    try:
        header = read_jpeg2000(opened.data_set.source.pixels(fragment.start, fragment.end))
    except CodestreamError as error:
        raise _unproved(f"a frame's codestream cannot be read: {error}") from error
    true_length = header.first_tile_part + sum(header.tile_parts) + _END_OF_CODESTREAM
    if not length - 1 <= true_length <= length:
        raise _unproved("a frame's length is not what its codestream says")
    return fragment.start, true_length, header.resolution_ends(true_length)


def _native_span(description: PixelDescription, number: int) -> tuple[int, int, tuple[int, ...]]:
    first_bit = number * description.frame_bits
    start, end = first_bit // 8, (first_bit + description.frame_bits + 7) // 8
    return description.element.value + start, end - start, ()


def _digests(opened: Admission, coded: CodedInstance, along: MacAlong | None) -> Iterator[str]:
    """The digest of each frame as it is now."""
    data_set, description = opened.data_set, opened.description
    if description is None:
        return
    if opened.encoded is None:
        for data in native_frames(data_set, description):
            yield native_digest(data, description)
        return
    for number, frame in enumerate(opened.encoded.frames, 1):
        if coded.proof != "proved":
            yield frame_digest(kept(data_set, frame))
            continue
        try:
            cells = decode_frame(bytes(join(data_set, frame)), description.dtype)
        except CodestreamError as error:
            raise _unproved(f"frame {number} of {coded.sop_instance_uid} does not decode: {error}") from error
        if along is not None:
            along.add(cells)
        yield frame_digest(cells)


def _unproved(what: str) -> ProofError:
    return ProofError(what, phase="proof", remedy="The copy is discarded: send the object again from its source.")
