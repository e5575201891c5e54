"""What gateway and hub say to each other about an object once it is coded and proved."""

from dataclasses import dataclass
from typing import Any, Literal

DigestOf = Literal["pixels", "encoded"]
Proof = Literal["proved", "kept", "no-pixels"]


@dataclass(frozen=True)
class CodedFrame:
    """One frame inside a coded Part 10 file.

    ``digest`` is the hex SHA-256 of the frame's pixel cells (native, Bits Allocated as stored, little endian,
    Planar Configuration 0, unused bits kept), or of its encoded bytes where it came lossy. ``resolution_ends``
    are the bytes from the frame's first byte after which each resolution is whole, coarse first; empty where the
    frame is not .202 (PS3.5 10.18). Frames of single bits may share their outer bytes with their neighbours: their
    digest is over the frame's own bits, packed from bit 0 of the first byte. A video has one entry per fragment.
    """

    offset: int
    length: int
    digest: str
    digest_of: DigestOf
    resolution_ends: tuple[int, ...] = ()

    def to_json(self) -> list[Any]:
        """A compact row: a study has thousands of frames."""
        return [self.offset, self.length, self.digest, self.digest_of, list(self.resolution_ends)]

    @classmethod
    def from_json(cls, row: list[Any]) -> "CodedFrame":
        """Read back what ``to_json`` wrote."""
        offset, length, digest, digest_of, ends = row
        return cls(offset, length, digest, digest_of, tuple(ends))


@dataclass(frozen=True)
class LossyHistory:
    """Irreversible compression before we got the object (PS3.3 C.7.6.1.1.5): methods and ratios in order."""

    methods: tuple[str, ...]
    ratios: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """As the API and the manifest carry it."""
        return {"methods": list(self.methods), "ratios": list(self.ratios)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "LossyHistory":
        """Read back what ``to_json`` wrote."""
        return cls(tuple(value["methods"]), tuple(value["ratios"]))


@dataclass(frozen=True)
class CodedInstance:
    """One object, coded: what it was, what it is now, and what proves that the two are the same.

    ``source_sha256`` is over the Part 10 file as received, ``sha256`` and ``size`` over the coded file.
    ``content_digest`` is equal for two files exactly when their data elements (group 0002 and Pixel Data aside)
    and their frames are equal: "the same again", whatever the transfer syntax. ``proof`` is ``kept`` where the
    source encoding stays; ``reason`` then says why.
    """

    sop_instance_uid: str
    sop_class_uid: str
    series_instance_uid: str
    study_instance_uid: str
    source_transfer_syntax_uid: str
    transfer_syntax_uid: str
    source_sha256: str
    sha256: str
    size: int
    content_digest: str
    frames: tuple[CodedFrame, ...]
    proof: Proof
    reason: str
    lossy: LossyHistory | None

    def to_json(self) -> dict[str, Any]:
        """As the manifest and the transfer carry it."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "frames": [frame.to_json() for frame in self.frames],
            "lossy": None if self.lossy is None else self.lossy.to_json(),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "CodedInstance":
        """Read back what ``to_json`` wrote.

        Raises:
            KeyError, TypeError, ValueError: the value is not of this shape.
        """
        return cls(
            **{name: value[name] for name in _PLAIN},
            frames=tuple(CodedFrame.from_json(row) for row in value["frames"]),
            lossy=None if value["lossy"] is None else LossyHistory.from_json(value["lossy"]),
        )


_PLAIN = (
    "sop_instance_uid",
    "sop_class_uid",
    "series_instance_uid",
    "study_instance_uid",
    "source_transfer_syntax_uid",
    "transfer_syntax_uid",
    "source_sha256",
    "sha256",
    "size",
    "content_digest",
    "proof",
    "reason",
)
