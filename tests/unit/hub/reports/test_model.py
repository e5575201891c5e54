"""When a report may be written, shown and signed."""

from dataclasses import replace
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from dokuei.errors import ConflictError, ProofError, RequestError, SignatureError, StaleError
from dokuei.hub.reports import images_read, model, wording
from dokuei.hub.reports.model import Content, Draft, Frozen, ImageRead, KnownImage
from tests.makers.report_document import AT, MG, READER, SIGNATURE, content, known_images, report_document

TOMOSYNTHESIS = "1.2.840.10008.5.1.4.1.1.13.1.3"
ULTRASOUND = "1.2.840.10008.5.1.4.1.1.6.1"


def frozen(**changed: object) -> Frozen:
    canonical = wording.canonical_bytes(report_document(known_images(1)))
    made = Frozen("report", 1, "original", 3, canonical, model.digest_of(canonical), "person", AT)
    return replace(made, **changed)  # type: ignore[arg-type] # a table of changes


def draft(version: int = 3) -> Draft:
    return Draft("report", version, content(known_images(1)), ("person",), AT, "person")


def test_a_report_rests_on_the_images_that_were_sent() -> None:
    images = known_images(3, frames=2)
    assert set(images_read.demand_images(content(images), images)) == set(images)


@pytest.mark.parametrize(
    "changed", [{"lossy": True}, {"proof": "kept", "reason": "decoders disagree"}, {"proof": "no-pixels"}]
)
@pytest.mark.parametrize("sop_class_uid", [MG, TOMOSYNTHESIS])
@pytest.mark.parametrize("modality", ["MG", "OT"])
def test_a_lossy_or_unproved_mammogram_cannot_be_signed_on(
    changed: dict[str, Any], sop_class_uid: str, modality: str
) -> None:
    """Whatever the modality in the header says, and no reason overrides it."""
    images = known_images(2, **changed, sop_class_uid=sop_class_uid, modality=modality)
    with pytest.raises(SignatureError, match="mammogram"):
        images_read.demand_images(content(images), images)


def test_a_secondary_capture_that_calls_itself_mammography_is_a_mammogram() -> None:
    images = known_images(1, sop_class_uid="1.2.840.10008.5.1.4.1.1.7", lossy=True)
    with pytest.raises(SignatureError):
        images_read.demand_images(content(images), images)


def test_lossy_ultrasound_may_be_read() -> None:
    images = known_images(1, sop_class_uid=ULTRASOUND, modality="US", lossy=True, proof="kept")
    assert images_read.demand_images(content(images), images) == images


@pytest.mark.parametrize(
    "read",
    [
        ImageRead("1.2.3.4.1", 1, "f" * 64),
        ImageRead("1.2.3.4.1", 2, f"{1001:064x}"),
        ImageRead("1.2.3.4.1", 0, f"{1001:064x}"),
        ImageRead("9.9.9", 1, f"{1001:064x}"),
    ],
)
def test_an_image_that_is_not_the_one_that_was_sent_is_refused(read: ImageRead) -> None:
    """REC-15: the exact images read are provable."""
    images = known_images(1)
    with pytest.raises(ProofError):
        images_read.demand_images(content(images, images_read=(read,)), images)


def test_a_report_on_no_image_and_a_report_without_a_word_are_refused() -> None:
    with pytest.raises(RequestError):
        images_read.demand_images(content(known_images(1), images_read=()), known_images(1))
    with pytest.raises(RequestError):
        model.demand_text(Content(findings="  \n", impression=""))


@pytest.mark.parametrize(
    "wrong",
    [
        Content(category_right="6"),
        Content(category_left="C4"),
        Content(findings="x" * 50_001),
        Content(impression="a\x00b"),
        Content(findings="a\x1b[31m"),
    ],
)
def test_what_no_report_can_hold_is_refused(wrong: Content) -> None:
    with pytest.raises(RequestError):
        model.checked(wrong)


def test_nobody_writes_over_what_somebody_else_saved() -> None:
    model.demand_version(None, 0)
    model.demand_version(draft(), 3)
    for present, expected in ((None, 1), (draft(), 2), (draft(), 4)):
        with pytest.raises(StaleError):
            model.demand_version(present, expected)


@pytest.mark.parametrize(
    ("shown", "present", "digest"),
    [
        (None, draft(), frozen().digest),
        (frozen(shown_to="somebody else"), draft(), frozen().digest),
        (frozen(), draft(4), frozen().digest),
        (frozen(), None, frozen().digest),
        (frozen(), draft(), "0" * 64),
    ],
)
def test_only_what_was_shown_to_this_person_and_is_still_meant_can_be_signed(
    shown: Frozen | None, present: Draft | None, digest: str
) -> None:
    """REC-02: what is signed was shown."""
    with pytest.raises(ConflictError):
        model.demand_frozen(shown, present, person_id="person", expected_digest=digest)


def test_a_frame_that_is_named_twice_was_read_once() -> None:
    """REC-15: "frames 1, 1, 1 of 3" proves nothing."""
    read = model.ImageRead("1.2.3", 1, "a" * 64)
    assert model.checked(model.Content(images_read=(read, read))).images_read == (read,)
    with pytest.raises(RequestError):
        model.checked(model.Content(images_read=(read, replace(read, digest="b" * 64))))


@pytest.mark.parametrize(("right", "left"), [("", ""), ("1", ""), ("", "NA")])
def test_no_breast_is_left_open(right: str, left: str) -> None:
    with pytest.raises(RequestError):
        model.demand_categories(model.Content(category_right=right, category_left=left))


def test_not_applicable_is_said_and_not_left_out() -> None:
    model.demand_categories(model.checked(model.Content(category_right="NA", category_left="1")))


def test_a_signed_version_has_exactly_the_bytes_that_were_shown() -> None:
    shown = frozen()
    signed = model.sign(shown, SIGNATURE)
    assert (signed.canonical, signed.digest, signed.status) == (shown.canonical, shown.digest, "final")
    assert model.sign(frozen(kind="amendment", number=2), SIGNATURE).status == "amended"
    for wrong in (frozen(canonical=b"{}"), frozen(shown_to="somebody else")):
        with pytest.raises(SignatureError):
            model.sign(wrong, SIGNATURE)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


@given(texts, texts, st.permutations(range(4)))
def test_one_content_has_one_spelling_and_another_content_another_digest(
    findings: str, other: str, order: list[int]
) -> None:
    """RFC 8785: the digest means the content, whatever the order in which images were read."""
    images = known_images(4)
    first = report_document(images, findings=findings)
    shuffled = content(images).images_read
    again = report_document(images, findings=findings, images_read=tuple(shuffled[i] for i in order))
    assert wording.canonical_bytes(first) == wording.canonical_bytes(again)
    assert wording.canonical_bytes(first) == rfc8785.dumps(first)
    different = wording.canonical_bytes(report_document(images, findings=other))
    assert (different == wording.canonical_bytes(first)) is (findings == other)


def test_everything_that_is_signed_is_shown() -> None:
    """REC-02: text, categories, images and patient identity on one screen."""
    shown = wording.shown_text(report_document(known_images(3)))
    for word in (
        "山田^花子",
        "00012345",
        "19701203",
        "北病院",
        "A-778",
        "右 4",
        "左 1",
        "右U領域に腫瘤",
        "悪性の疑い",
        "3 画像 3 フレーム",
        "読影 花子",
        "Not for primary diagnosis",
    ):
        assert word in shown


def test_no_line_before_signing_is_in_one_language_alone() -> None:
    """REC-02: whoever reads English knows what each line is, and the text that is signed is one text."""
    known = {"licence_number": "123456", "specialities": [], "mammography_grade": "A"}
    value = report_document(known_images(3), findings="", impression="")
    withdrawn = {
        "version": 1,
        "digest": "cd" * 32,
        "reader": "読影 花子",
        "signed_at": AT.isoformat(),
        "reason": "誤記",
    }
    value |= {"reading_role": "second", "replaces": "ab" * 32, "reader": {**READER, "qualification": known}}
    for shown in (wording.shown_text(value), wording.shown_text({**value, "withdraws": withdrawn})):
        for line in filter(None, shown.split("\n")):
            assert " / " in line, line
    assert "患者 / Patient: 山田^花子" in wording.shown_text(value)
    assert "Category: Right 4  Left 1" in wording.shown_text(value)


def test_mammography_is_known_by_modality_or_class() -> None:
    assert all(isinstance(image, KnownImage) and image.is_mammogram for image in known_images(1, modality="XX"))
    assert not known_images(1, modality="MR", sop_class_uid="1.2.840.10008.5.1.4.1.1.4")[0].is_mammogram
