"""On which images a report may rest: those that the hospital sent, whole, and mammograms never lossy or unproved."""

from collections.abc import Collection, Iterable

from dokuei.errors import ProofError, RequestError, SignatureError
from dokuei.hub.reports.model import Content, ImageRead, KnownImage

_PHASE = "preparing to sign"


def demand_sent(read: Iterable[ImageRead], known: Iterable[KnownImage], *, kept: Collection[ImageRead]) -> None:
    """Refuse to keep that an image was read which is not the hospital's; what was kept before is judged at signing.

    Raises:
        ProofError: an image that is not here, or whose digest is another one.
    """
    by_uid = {image.sop_instance_uid: image for image in known}
    for one in set(read) - set(kept):
        _image_of(one, by_uid, phase="saving a report")


def demand_images(content: Content, known: Iterable[KnownImage]) -> tuple[KnownImage, ...]:
    """The images that a report rests on, if it may rest on them (lossy or unproved mammograms: never).

    Raises:
        RequestError: no image was read.
        ProofError: an image that is not here, or whose digest is another one.
        SignatureError: a mammogram that is lossy or unproved.
    """
    by_uid = {image.sop_instance_uid: image for image in known}
    if not content.images_read:
        raise RequestError("no image of this study was read", phase=_PHASE, remedy="look at the images first")
    read: dict[str, KnownImage] = {}
    for one in content.images_read:
        read[one.sop_instance_uid] = _image_of(one, by_uid, phase=_PHASE)
    for image in read.values():
        if image.is_mammogram and (image.lossy or image.proof != "proved"):
            why = image.reason or ("compressed with loss" if image.lossy else "its pixels are not proved")
            raise SignatureError(
                f"a mammogram cannot be signed on: {why}", phase=_PHASE, remedy="ask the site to send the original"
            )
    return tuple(read.values())


def _image_of(one: ImageRead, by_uid: dict[str, KnownImage], *, phase: str) -> KnownImage:
    image = by_uid.get(one.sop_instance_uid)
    if image is None or not 1 <= one.frame <= len(image.frames):
        raise ProofError("an image that was read is not in the archive", phase=phase, remedy="load the case again")
    if image.frames[one.frame - 1] != one.digest:
        raise ProofError(
            "an image on the screen was not the one that the hospital sent", phase=phase, remedy="load it again"
        )
    return image
