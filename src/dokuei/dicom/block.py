"""The private block in which a coded file carries its own proof, so that a lost database can be rebuilt from it.

It stands after Pixel Data, where readers that stop at the pixels never meet it (PS3.5 7.8.1).
"""

from dataclasses import dataclass, field
from struct import Struct
from typing import Final, cast, get_args

from dokuei.dicom.coded import DigestOf, Proof
from dokuei.dicom.dataset import DataSet, read_data_set
from dokuei.dicom.elements import EXPLICIT_LITTLE, Walk
from dokuei.dicom.pixels import PHOTOMETRIC, PLANAR
from dokuei.dicom.rewrite import explicit_head
from dokuei.dicom.source import Source

GROUP: Final = 0x7FF1
CREATOR: Final = "DOKUEI PIXEL PROOF 1"
ORIGINAL_ATTRIBUTES: Final = 0x04000561
REPLACEABLE: Final = frozenset({PHOTOMETRIC, PLANAR, ORIGINAL_ATTRIBUTES})
_SLOTS: Final = range(0x10, 0x100)
_SYNTAX, _SHA256, _CONTENT, _PROOF, _REASON, _DIGEST_OF, _DIGESTS, _REPLACED, _ORIGINALS = range(1, 10)
_DIGEST_BYTES: Final = 32
_TAG: Final = Struct("<HH")
_PROOFS: Final = {"proved": "PROVED", "kept": "KEPT", "no-pixels": "NO PIXELS"}
_ODD_GROUP_TAGS: Final = range(GROUP << 16, (GROUP + 1) << 16)


@dataclass(frozen=True)
class ProofBlock:
    """What a coded file says about its source; ``originals`` are replaced elements as they came, empty if absent."""

    source_transfer_syntax_uid: str
    source_sha256: str
    content_digest: str
    proof: Proof
    reason: str
    digest_of: DigestOf
    frame_digests: tuple[str, ...]
    originals: dict[int, bytes] = field(default_factory=dict)


def _element(tag: int, vr: str, value: bytes) -> bytes:
    if len(value) % 2:
        value += b"\0" if vr in {"UI", "OB"} else b" "
    return explicit_head(tag, vr, len(value)) + value


def build_block(block: ProofBlock, data_set: DataSet) -> dict[int, bytes]:
    """The block's elements by tag, in the first slot of its group that nobody has taken."""
    slot = next(slot for slot in _SLOTS if not _taken(data_set, slot))
    base = GROUP << 16 | slot << 8
    originals = sorted(block.originals.items())
    rows = (
        (_SYNTAX, "UI", block.source_transfer_syntax_uid.encode()),
        (_SHA256, "OB", bytes.fromhex(block.source_sha256)),
        (_CONTENT, "OB", bytes.fromhex(block.content_digest)),
        (_PROOF, "CS", _PROOFS[block.proof].encode()),
        (_REASON, "ST", block.reason.encode("ascii", "replace")),
        (_DIGEST_OF, "CS", block.digest_of.upper().encode()),
        (_DIGESTS, "OB", bytes.fromhex("".join(block.frame_digests))),
        (_REPLACED, "AT", b"".join(_TAG.pack(tag >> 16, tag & 0xFFFF) for tag, _ in originals)),
        (_ORIGINALS, "OB", b"".join(value for _, value in originals)),
    )
    creator = GROUP << 16 | slot
    return {
        creator: _element(creator, "LO", CREATOR.encode()),
        **{base | number: _element(base | number, vr, value) for number, vr, value in rows},
    }


def _taken(data_set: DataSet, slot: int) -> bool:
    creator = GROUP << 16 | slot
    return creator in data_set.by_tag and data_set.overrides.get(creator) != b""


def load(source: Source) -> tuple[DataSet, ProofBlock | None]:
    """Read an object; where it carries a block of ours, as it was before coding, and the block apart.

    Raises:
        AdmissionError: damaged, cut off, too deep or too long.
    """
    data_set = read_data_set(source)
    slots = [tag & 0xFF for tag in data_set.by_tag if tag in _ODD_GROUP_TAGS and _is_ours(data_set, tag)]
    if not slots:
        return data_set, None
    block = _read_block(data_set, slots[0])
    for tag in data_set.by_tag:
        if tag in _ODD_GROUP_TAGS and (tag & 0xFFFF in slots or tag >> 8 & 0xFF in slots):
            data_set.overrides[tag] = b""
    if block is not None:
        data_set.overrides |= block.originals
    return data_set, block


def _is_ours(data_set: DataSet, tag: int) -> bool:
    return tag & 0xFFFF in _SLOTS and data_set.raw(tag).rstrip(b" \0") == CREATOR.encode()


def _read_block(data_set: DataSet, slot: int) -> ProofBlock | None:
    """The block in a slot; None where it is not whole."""
    source = data_set.source
    raw: dict[int, bytes] = {}
    for number in range(_SYNTAX, _ORIGINALS + 1):
        element = data_set.by_tag.get(GROUP << 16 | slot << 8 | number)
        if element is None:
            return None
        raw[number] = bytes(source.buffer[element.value : element.end])
    text = {number: raw[number].rstrip(b" \0").decode("ascii", "replace") for number in raw}
    proofs = {name: proof for proof, name in _PROOFS.items()}
    digest_of = text[_DIGEST_OF].lower()
    if text[_PROOF] not in proofs or digest_of not in get_args(DigestOf):
        return None
    digests = raw[_DIGESTS].hex()
    width = 2 * _DIGEST_BYTES
    return ProofBlock(
        source_transfer_syntax_uid=text[_SYNTAX],
        source_sha256=raw[_SHA256].hex(),
        content_digest=raw[_CONTENT].hex(),
        proof=cast("Proof", proofs[text[_PROOF]]),
        reason=text[_REASON],
        digest_of=cast("DigestOf", digest_of),
        frame_digests=tuple(digests[start : start + width] for start in range(0, len(digests), width)),
        originals=_read_originals(raw[_REPLACED], raw[_ORIGINALS]),
    )


def _read_originals(replaced: bytes, originals: bytes) -> dict[int, bytes]:
    """Replaced elements as they came; a tag without an element was absent. Only what we replace is believed."""
    tags = (group << 16 | element for group, element in _TAG.iter_unpack(replaced[: len(replaced) // 4 * 4]))
    found = {tag: b"" for tag in tags if tag in REPLACEABLE}
    walk = Walk(originals)
    end = len(originals)
    for element in walk.elements(0, end, EXPLICIT_LITTLE):
        if element.tag in found:
            found[element.tag] = originals[element.start : element.next]
        if element.next >= end - 1:
            break
    return found
