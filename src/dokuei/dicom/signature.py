"""Digital signatures inside a DICOM object (PS3.3 C.12.1.1.3, PS3.15 C.1, C.4): made and checked on its encoded bytes.

Every element that may be signed is signed, so that nothing of an object can be changed, added or taken away unseen.
An RSA key makes the Structured Report RSA Digital Signature Profile; other keys sign the same bytes in the same way.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, runtime_checkable

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from dokuei.dicom.mac_stream import DIGITAL_SIGNATURES, MAC_PARAMETERS, Node, is_signable, read_nodes, stream_of
from dokuei.errors import AdmissionError, SignatureError

SignerKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@runtime_checkable
class HeldKey(Protocol):
    """A key that is elsewhere, on a token for one, and signs there."""

    def sign_sha256(self, data: bytes) -> bytes:
        """A signature over SHA-256 of the data: PKCS #1 v1.5, or ECDSA in DER."""


Stamp = Callable[[bytes], bytes | None]
"""A time-stamp token (RFC 3161) over some bytes, in DER; None where none can be had now."""

VERIFICATION: Final = ("5", "Verification Signature")
MODIFICATION: Final = ("18", "Modification Signature")
_PURPOSES: Final = "ASTM-sigpurpose"
_STAMP_TYPE: Final = "CMS_TSP"
_MAC_ID: Final = 1
_HASHES: Final[dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]]] = {
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}
_CERTIFICATE: Final = 0x04000115
_SIGNATURE: Final = 0x04000120
_NOT_IN_MAC: Final = frozenset({_CERTIFICATE, _SIGNATURE, 0x04000305, 0x04000310})
_DER_LONG: Final = 0x80


@dataclass(frozen=True)
class ObjectSignature:
    """One signature as it was found; ``why`` is empty where it holds, ``uncovered`` are elements it does not cover.

    ``token`` is a certified timestamp over the ``value`` of the signature, as it stands there and not judged.
    """

    why: str
    certificate: x509.Certificate | None = None
    signed_at: datetime | None = None
    purpose: str = ""
    algorithm: str = ""
    uncovered: tuple[int, ...] = ()
    value: bytes = b""
    token: bytes | None = None

    @property
    def holds(self) -> bool:
        """Whether everything in the object is what was signed."""
        return not self.why and not self.uncovered


def signed_object(
    data_set: bytes,
    *,
    key: SignerKey | HeldKey,
    certificate: x509.Certificate,
    at: datetime,
    purpose: tuple[str, str] = VERIFICATION,
    stamp: Stamp | None = None,
) -> bytes:
    """An Explicit VR Little Endian data set with a signature over all of it; one that was there before is replaced.

    Where ``stamp`` gives a token, the signature carries it as its certified timestamp (PS3.3 C.12.1.1.3.1.3).

    Raises:
        AdmissionError: the data set is not written as the standard says.
    """
    nodes = [node for node in read_nodes(data_set) if is_signable(node.tag)]
    bare = _joined(data_set, nodes)
    macs, item = Dataset(), Dataset()
    macs.MACIDNumber = item.MACIDNumber = _MAC_ID
    macs.MACCalculationTransferSyntaxUID = ExplicitVRLittleEndian
    macs.MACAlgorithm = "SHA256"
    macs.DataElementsSigned = [node.tag for node in nodes]
    item.DigitalSignatureUID = generate_uid(prefix=None)
    item.DigitalSignatureDateTime = at.strftime("%Y%m%d%H%M%S%z")
    item.CertificateType = "X509_1993_SIG"
    item.DigitalSignaturePurposeCodeSequence = [_code(*purpose)]
    over = stream_of(nodes) + stream_of(read_nodes(_encoded(item)))
    item.CertificateOfSigner = _even(certificate.public_bytes(Encoding.DER))
    item.Signature = _even(_sign(key, over))
    token = stamp(item.Signature) if stamp is not None else None
    if token is not None:
        item.CertifiedTimestampType = _STAMP_TYPE
        item.CertifiedTimestamp = _even(token)
    tail = Dataset()
    tail.MACParametersSequence = [macs]
    tail.DigitalSignaturesSequence = [item]
    return bare + _encoded(tail)


def signed_file(
    part10: bytes,
    *,
    key: SignerKey | HeldKey,
    certificate: x509.Certificate,
    at: datetime,
    purpose: tuple[str, str] = VERIFICATION,
    stamp: Stamp | None = None,
) -> bytes:
    """The same for a Part 10 file in that transfer syntax, whose head stays as it is."""
    data_set = data_set_of(part10)
    head = part10[: len(part10) - len(data_set)]
    return head + signed_object(data_set, key=key, certificate=certificate, at=at, purpose=purpose, stamp=stamp)


def signatures_of(data_set: bytes) -> tuple[ObjectSignature, ...]:
    """Every signature of an Explicit VR Little Endian data set, judged.

    Raises:
        AdmissionError: the data set is not written as the standard says.
    """
    nodes = read_nodes(data_set)
    by_tag = {node.tag: node for node in nodes}
    if DIGITAL_SIGNATURES not in by_tag:
        return ()
    parsed = dcmread(io.BytesIO(data_set), force=True)
    found = []
    for item, written in zip(parsed.DigitalSignaturesSequence, by_tag[DIGITAL_SIGNATURES].items or (), strict=True):
        try:
            found.append(_judged(item, written, parsed.get("MACParametersSequence", []), nodes))
        except (ValueError, AttributeError, TypeError, KeyError) as error:
            found.append(ObjectSignature(f"unreadable: {type(error).__name__}"))
    return tuple(found)


def is_vouched_for(certificate: x509.Certificate, trusted: Sequence[x509.Certificate], *, at: datetime | None) -> bool:
    """Whether a certificate is one that is trusted, or was issued by one, and was valid when it signed."""
    if at is not None and not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return False
    return any(certificate == one or _issued(certificate, one) for one in trusted)


def data_set_of(part10: bytes) -> bytes:
    """The data set of a Part 10 file in Explicit VR Little Endian; one that is written so stays byte for byte.

    Raises:
        AdmissionError: it is no DICOM file.
    """
    try:
        read = dcmread(io.BytesIO(part10), stop_before_pixels=False)
        if read.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian:
            return part10[_start(part10) :]
        for element in read.iterall():
            element.value  # noqa: B018 - implicit values get their VR when they are read
        return _encoded(read)
    except Exception as error:
        if isinstance(error, AdmissionError):
            raise
        raise AdmissionError("this is no DICOM file", phase="reading a signature") from error


def _start(part10: bytes) -> int:
    """Where the data set begins: behind the group length that the file's meta information names (PS3.10 7.1)."""
    at = 132
    if part10[at : at + 8] != b"\x02\x00\x00\x00UL\x04\x00":
        raise AdmissionError("its head is not as the standard writes it", phase="reading a signature")
    return at + 12 + int.from_bytes(part10[at + 8 : at + 12], "little")


def _judged(
    item: Dataset, written: tuple[Node, ...], parameters: Sequence[Dataset], nodes: Sequence[Node]
) -> ObjectSignature:
    chosen = [one for one in parameters if one.MACIDNumber == item.MACIDNumber]
    if len(chosen) != 1:
        return ObjectSignature("its MAC parameters are missing")
    algorithm = str(chosen[0].MACAlgorithm)
    if algorithm not in _HASHES or chosen[0].MACCalculationTransferSyntaxUID != ExplicitVRLittleEndian:
        return ObjectSignature("a MAC that is not checked here", algorithm=algorithm)
    listed = [int(tag) for tag in _many(chosen[0].DataElementsSigned)]
    raw = {node.tag: node for node in written}
    if any(raw[tag].vr != "OB" for tag in (_CERTIFICATE, _SIGNATURE)) or item.CertificateType != "X509_1993_SIG":
        return ObjectSignature("its certificate or its value is not as the standard writes it")
    certificate = x509.load_der_x509_certificate(_der(item.CertificateOfSigner))
    covered = [node for node in nodes if node.tag in set(listed)]
    over = stream_of(covered) + stream_of([node for node in written if node.tag not in _NOT_IN_MAC])
    same = listed == [node.tag for node in covered] and _as_written(chosen[0], nodes)
    holds = same and _verifies(certificate, bytes(item.Signature), over, algorithm)
    return ObjectSignature(
        "" if holds else "the content is not the one that was signed",
        certificate,
        _moment(str(item.DigitalSignatureDateTime)),
        str(item.DigitalSignaturePurposeCodeSequence[0].CodeMeaning),
        algorithm,
        tuple(node.tag for node in nodes if _is_uncovered(node, listed)),
        bytes(item.Signature),
        _token(item),
    )


def _token(item: Dataset) -> bytes | None:
    """The certified timestamp; of one there must be both its kind and itself, and no other kind is known."""
    if "CertifiedTimestamp" not in item and "CertifiedTimestampType" not in item:
        return None
    return _der(item.CertifiedTimestamp) if item.CertifiedTimestampType == _STAMP_TYPE else b""


def _as_written(parameters: Dataset, nodes: Sequence[Node]) -> bool:
    """Whether the MAC's parameters, which no MAC covers, stand there as the standard writes them and with no more."""
    plain = Dataset()
    for keyword in ("MACIDNumber", "MACCalculationTransferSyntaxUID", "MACAlgorithm", "DataElementsSigned"):
        setattr(plain, keyword, parameters[keyword].value)
    wanted = stream_of(read_nodes(_encoded(plain)))
    return any(stream_of(item) == wanted for node in nodes if node.tag == MAC_PARAMETERS for item in node.items or ())


def _is_uncovered(node: Node, listed: Sequence[int]) -> bool:
    return node.tag not in {MAC_PARAMETERS, DIGITAL_SIGNATURES} and node.tag not in listed


def _verifies(certificate: x509.Certificate, signature: bytes, over: bytes, algorithm: str) -> bool:
    key, chosen = certificate.public_key(), _HASHES[algorithm]()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, over, padding.PKCS1v15(), chosen)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_der(signature), over, ec.ECDSA(chosen))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        if not basic.ca:
            return False
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return True


def _sign(key: SignerKey | HeldKey, over: bytes) -> bytes:
    if isinstance(key, HeldKey):
        return key.sign_sha256(over)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(over, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(over, ec.ECDSA(hashes.SHA256()))
    raise SignatureError("a key of this kind signs no DICOM object", phase="sealing", remedy="use RSA or ECDSA")


def _der(value: bytes) -> bytes:
    """A DER value without the one zero byte that may pad it."""
    size = value[1] if value[1] < _DER_LONG else int.from_bytes(value[2 : 2 + value[1] - _DER_LONG], "big")
    end = size + (2 if value[1] < _DER_LONG else 2 + value[1] - _DER_LONG)
    if value[end:] not in {b"", b"\0"} or len(value) < end:
        raise ValueError("not one DER value")
    return value[:end]


def _even(value: bytes) -> bytes:
    return value + b"\0" * (len(value) % 2)


def _moment(written: str) -> datetime:
    return datetime.strptime(written, "%Y%m%d%H%M%S%z")


def _many(value: object) -> Sequence[int]:
    return list(value) if isinstance(value, Sequence) else [value]  # type: ignore[list-item] # an AT


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, _PURPOSES, meaning
    return item


def _encoded(dataset: Dataset) -> bytes:
    target = DicomBytesIO()
    target.is_little_endian, target.is_implicit_VR = True, False
    write_dataset(target, dataset, parent_encoding=dataset.get("SpecificCharacterSet", "ISO_IR 6"))
    return target.getvalue()


def _joined(data_set: bytes, nodes: Sequence[Node]) -> bytes:
    """The signable elements byte for byte: what stands behind them at the end is a signature of before."""
    if not nodes or [node.tag for node in nodes] != [node.tag for node in read_nodes(data_set)][: len(nodes)]:
        raise AdmissionError("an element of this object cannot be signed", phase="sealing")
    return data_set[: nodes[-1].end]
