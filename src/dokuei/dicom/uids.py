"""Which UIDs mean what, so that no other file compares strings of digits (PS3.6 Table A-1, PS3.5 9.1 and 10)."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydicom import uid as registry

IMPLICIT_LITTLE: Final = "1.2.840.10008.1.2"
EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
DEFLATED_LITTLE: Final = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG: Final = "1.2.840.10008.1.2.2"
ENCAPSULATED_UNCOMPRESSED: Final = "1.2.840.10008.1.2.1.98"
DEFLATED_FRAMES: Final = "1.2.840.10008.1.2.8.1"
RLE: Final = "1.2.840.10008.1.2.5"
JPEG_BASELINE: Final = "1.2.840.10008.1.2.4.50"
JPEG_EXTENDED: Final = "1.2.840.10008.1.2.4.51"
JPEG_LOSSLESS: Final = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_SV1: Final = "1.2.840.10008.1.2.4.70"
JPEG_LS_LOSSLESS: Final = "1.2.840.10008.1.2.4.80"
JPEG_LS_NEAR: Final = "1.2.840.10008.1.2.4.81"
JPEG_2000_LOSSLESS: Final = "1.2.840.10008.1.2.4.90"
JPEG_2000: Final = "1.2.840.10008.1.2.4.91"
JPEG_2000_PART_2_LOSSLESS: Final = "1.2.840.10008.1.2.4.92"
JPEG_XL_LOSSLESS: Final = "1.2.840.10008.1.2.4.110"
JPEG_XL_RECOMPRESSION: Final = "1.2.840.10008.1.2.4.111"
JPEG_XL: Final = "1.2.840.10008.1.2.4.112"
HTJ2K_LOSSLESS: Final = "1.2.840.10008.1.2.4.201"
HTJ2K_LOSSLESS_RPCL: Final = "1.2.840.10008.1.2.4.202"
HTJ2K: Final = "1.2.840.10008.1.2.4.203"

MEDIA_STORAGE_DIRECTORY: Final = "1.2.840.10008.1.3.10"
IMPLEMENTATION_CLASS_UID: Final = "2.25.269037010736285720268525597539908479585"
IMPLEMENTATION_VERSION_NAME: Final = "DOKUEI_1"  # the coding rules, not the release: equal input, equal bytes

WELL_FORMED = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+\Z")
BEARABLE = re.compile(r"[0-9]+(?:\.[0-9]+)*\Z")
MAXIMUM_LENGTH: Final = 64


class Kind(StrEnum):
    """What a transfer syntax does to pixels."""

    NATIVE = "native"
    LOSSLESS = "lossless"
    EITHER = "either"  # the codestream says whether it is reversible
    LOSSY = "lossy"
    VIDEO = "video"
    REFUSED = "refused"  # pixels that are elsewhere (JPIP), or never in a file (real-time video)


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """How an object's bytes are to be read."""

    uid: str
    name: str
    kind: Kind
    explicit: bool = True
    little: bool = True
    deflated: bool = False
    encapsulated: bool = True
    method: str = ""
    """Lossy Image Compression Method where frames are lossy (PS3.3 C.7.6.1.1.5.1)."""


METHOD_JPEG: Final = "ISO_10918_1"
METHOD_JPEG_LS: Final = "ISO_14495_1"
METHOD_JPEG_2000: Final = "ISO_15444_1"
METHOD_HTJ2K: Final = "ISO_15444_15"
METHOD_JPEG_XL: Final = "ISO_18181_1"


def _jpeg(number: int, process: str, kind: Kind) -> TransferSyntax:
    method = "" if kind is Kind.LOSSLESS else METHOD_JPEG
    return TransferSyntax(f"1.2.840.10008.1.2.4.{number}", f"JPEG {process}", kind, method=method)


def _video(number: str, name: str, method: str) -> TransferSyntax:
    return TransferSyntax(f"1.2.840.10008.1.2.4.{number}", name, Kind.VIDEO, method=method)


def _refused(uid: str, name: str, *, deflated: bool = False) -> TransferSyntax:
    return TransferSyntax(uid, name, Kind.REFUSED, encapsulated=False, deflated=deflated)


_LOSSY_JPEG = {
    50: "Baseline (Process 1)",
    51: "Extended (Process 2 & 4)",
    52: "Extended (Process 3 & 5)",
    53: "Spectral Selection (Process 6 & 8)",
    54: "Spectral Selection (Process 7 & 9)",
    55: "Full Progression (Process 10 & 12)",
    56: "Full Progression (Process 11 & 13)",
    59: "Extended, Hierarchical (Process 16 & 18)",
    60: "Extended, Hierarchical (Process 17 & 19)",
    61: "Spectral Selection, Hierarchical (Process 20 & 22)",
    62: "Spectral Selection, Hierarchical (Process 21 & 23)",
    63: "Full Progression, Hierarchical (Process 24 & 26)",
    64: "Full Progression, Hierarchical (Process 25 & 27)",
}
_LOSSLESS_JPEG = {
    57: "Lossless (Process 14)",
    58: "Lossless (Process 15)",
    65: "Lossless, Hierarchical (Process 28)",
    66: "Lossless, Hierarchical (Process 29)",
    70: "Lossless, First-Order Prediction (Process 14 SV1)",
}
_VIDEOS = {
    "100": ("MPEG2 Main Profile / Main Level", "ISO_13818_2"),
    "101": ("MPEG2 Main Profile / High Level", "ISO_13818_2"),
    "102": ("MPEG-4 AVC/H.264 High Profile / Level 4.1", "ISO_14496_10"),
    "103": ("MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1", "ISO_14496_10"),
    "104": ("MPEG-4 AVC/H.264 High Profile / Level 4.2 for 2D", "ISO_14496_10"),
    "105": ("MPEG-4 AVC/H.264 High Profile / Level 4.2 for 3D", "ISO_14496_10"),
    "106": ("MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2", "ISO_14496_10"),
    "107": ("HEVC/H.265 Main Profile / Level 5.1", "ISO_23008_2"),
    "108": ("HEVC/H.265 Main 10 Profile / Level 5.1", "ISO_23008_2"),
}

_FRAGMENTABLE = ("100", "101", "102", "103", "104", "105", "106")

_ALL = (
    TransferSyntax(IMPLICIT_LITTLE, "Implicit VR Little Endian", Kind.NATIVE, explicit=False, encapsulated=False),
    TransferSyntax(EXPLICIT_LITTLE, "Explicit VR Little Endian", Kind.NATIVE, encapsulated=False),
    TransferSyntax(
        DEFLATED_LITTLE, "Deflated Explicit VR Little Endian", Kind.NATIVE, deflated=True, encapsulated=False
    ),
    TransferSyntax(EXPLICIT_BIG, "Explicit VR Big Endian", Kind.NATIVE, little=False, encapsulated=False),
    TransferSyntax(ENCAPSULATED_UNCOMPRESSED, "Encapsulated Uncompressed Explicit VR Little Endian", Kind.LOSSLESS),
    TransferSyntax(DEFLATED_FRAMES, "Deflated Image Frame Compression", Kind.LOSSLESS),
    TransferSyntax(RLE, "RLE Lossless", Kind.LOSSLESS),
    *(_jpeg(number, process, Kind.LOSSY) for number, process in _LOSSY_JPEG.items()),
    *(_jpeg(number, process, Kind.LOSSLESS) for number, process in _LOSSLESS_JPEG.items()),
    TransferSyntax(JPEG_LS_LOSSLESS, "JPEG-LS Lossless", Kind.LOSSLESS),
    TransferSyntax(JPEG_LS_NEAR, "JPEG-LS Near-Lossless", Kind.LOSSY, method=METHOD_JPEG_LS),
    TransferSyntax(JPEG_2000_LOSSLESS, "JPEG 2000 Lossless", Kind.LOSSLESS),
    TransferSyntax(JPEG_2000, "JPEG 2000", Kind.EITHER, method=METHOD_JPEG_2000),
    TransferSyntax(JPEG_2000_PART_2_LOSSLESS, "JPEG 2000 Part 2 Multi-component Lossless", Kind.LOSSLESS),
    TransferSyntax("1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2 Multi-component", Kind.LOSSY, method="ISO_15444_2"),
    TransferSyntax(JPEG_XL_LOSSLESS, "JPEG XL Lossless", Kind.LOSSLESS),
    TransferSyntax(JPEG_XL_RECOMPRESSION, "JPEG XL JPEG Recompression", Kind.LOSSY, method=METHOD_JPEG),
    TransferSyntax(JPEG_XL, "JPEG XL", Kind.LOSSY, method=METHOD_JPEG_XL),
    TransferSyntax(HTJ2K_LOSSLESS, "HTJ2K Lossless", Kind.LOSSLESS),
    TransferSyntax(HTJ2K_LOSSLESS_RPCL, "HTJ2K Lossless RPCL", Kind.LOSSLESS),
    TransferSyntax(HTJ2K, "HTJ2K", Kind.EITHER, method=METHOD_HTJ2K),
    *(_video(number, name, method) for number, (name, method) in _VIDEOS.items()),
    *(
        _video(f"{number}.1", f"Fragmentable {name}", method)
        for number, (name, method) in _VIDEOS.items()
        if number < "107"
    ),
    _refused("1.2.840.10008.1.2.4.94", "JPIP Referenced"),
    _refused("1.2.840.10008.1.2.4.95", "JPIP Referenced Deflate", deflated=True),
    _refused("1.2.840.10008.1.2.4.204", "JPIP HTJ2K Referenced"),
    _refused("1.2.840.10008.1.2.4.205", "JPIP HTJ2K Referenced Deflate", deflated=True),
    _refused("1.2.840.10008.1.2.7.1", "SMPTE ST 2110-20 Uncompressed Progressive Active Video"),
    _refused("1.2.840.10008.1.2.7.2", "SMPTE ST 2110-20 Uncompressed Interlaced Active Video"),
    _refused("1.2.840.10008.1.2.7.3", "SMPTE ST 2110-30 PCM Digital Audio"),
    _refused("1.2.840.10008.1.2.6.1", "RFC 2557 MIME Encapsulation"),
    _refused("1.2.840.10008.1.2.6.2", "XML Encoding"),
    _refused("1.2.840.10008.1.20", "Papyrus 3 Implicit VR Little Endian"),
)
TRANSFER_SYNTAXES: Final[dict[str, TransferSyntax]] = {syntax.uid: syntax for syntax in _ALL}
_REGISTERED: Final = frozenset(vars(registry)["UID_dictionary"])
STORABLE: Final[tuple[str, ...]] = tuple(
    uid for uid, syntax in TRANSFER_SYNTAXES.items() if syntax.kind != Kind.REFUSED
)
"""What a storage SCP may accept, for its presentation contexts."""


def is_registered(uid: str) -> bool:
    """Whether PS3.6 Table A-1 has it: others under its root were made up, and may tell an instance or a patient."""
    return uid in _REGISTERED or uid in TRANSFER_SYNTAXES


def is_well_formed(uid: str) -> bool:
    """As PS3.5 9.1 wants it: components of digits without leading zeros below a root arc, 64 characters at most."""
    return len(uid) <= MAXIMUM_LENGTH and WELL_FORMED.match(uid) is not None


def is_bearable(uid: str) -> bool:
    """Digits and dots at least: leading zeros and lone components are written by real scanners, and harm nobody."""
    return len(uid) <= MAXIMUM_LENGTH and BEARABLE.match(uid) is not None
