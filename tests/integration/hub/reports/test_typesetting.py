"""The report on paper: every letter there, every word readable, and loud where it could not be."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from dokuei.errors import ConfigurationError, RequestError
from dokuei.fonts import japanese_font
from dokuei.hub.reports.model import KnownImage, Name, digest_of
from dokuei.hub.reports.structure import Structure, written
from dokuei.hub.reports.structure import read as structure
from dokuei.hub.reports.typesetting import demand_letters, typeset
from dokuei.hub.reports.wording import canonical_bytes, shown_text
from tests.makers.report_document import CASE, SIGNATURE, SITE, known_images, report_document

EMPTY = written(Structure())
LESION: dict[str, Any] = {
    "size_mm": [],
    "distance_mm": None,
    "descriptors": {},
    "comparison": "",
    "note": "",
    "images": [],
}


def read(images: tuple[KnownImage, ...], **changed: object) -> tuple[list[str], pypdfium2.PdfDocument]:
    document = report_document(images, **changed)
    digest = digest_of(canonical_bytes(document))
    pdf = typeset(document, images=images, signature=SIGNATURE, digest=digest, time_zone="Asia/Tokyo")
    opened = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range().replace(" ", "") for page in opened], opened


def test_everything_that_was_signed_is_on_the_paper() -> None:
    images = known_images(4)
    pages, _ = read(images)
    text = "".join(pages).replace("\r\n", "\n")
    for word in (
        "山田花子",
        "00012345",
        "1970-12-03",
        "北病院",
        "2026-11-20",
        "A-778",
        "右U領域に腫瘤。",
        "悪性の疑い。",
    ):
        assert word in text
    for word in ("読影花子", "2026-11-2012:04:05JST", "試験読影センター", "第1版"):
        assert word in text
    assert digest_of(canonical_bytes(report_document(images))) in text
    assert all(image.frames[0][:16] in text for image in images)


def test_the_head_names_the_reader_the_facility_and_where_it_was_read() -> None:
    """JRS-04 JRS-05: who is responsible stands above what is said, and so does that it was read at home."""
    pages, _ = read(known_images(1), place="remote")
    head = pages[0].partition("カテゴリー")[0].replace("\r\n", "\n")
    for word in ("読影医Reader\n読影花子", "読影施設Readingfacility", "試験読影センター", "施設外（自宅等）"):
        assert word in head, head
    silent, _ = read(known_images(1))
    assert "記録なし/notstated" in silent[0], "nobody has said where: that is said"


def test_the_paper_of_a_breast_mri_goes_from_what_was_asked_to_what_is_to_follow() -> None:
    """REPORT-09: indication, technique, FGT and BPE, findings, comparison, assessment, management."""
    facts = {"purpose": "extent", "technique": "dynamic", "fgt": "b", "bpe": "mild", "cycle": "week_2"}
    lesion = {**LESION, "number": 1, "side": "left", "kind": "mass", "place": {"clock": "2"}, "category": "6"}
    given = {**EMPTY, "method": "MR", "scale": "birads", "facts": facts, "findings": [lesion]}
    mri = replace(CASE, modalities=("MR",))
    changed: dict[str, Any] = {"case": mri, "structure": structure({**given, "recommendation": "treatment"})}
    examined = ("術前の広がり", "造影ダイナミック", "散在", "軽度", "第2週")
    order = (*examined, "腫瘤、", "右U領域に腫瘤", "比較対象なし", "BI-RADS", "悪性の疑い。", "治療方針に従う")
    paper = "".join(read(known_images(2, modality="MR"), **changed)[0])
    shown = shown_text(report_document(known_images(2, modality="MR"), **changed))
    for text in (paper, shown):
        at = [text.find(one) for one in order]
        assert -1 not in at, dict(zip(order, at, strict=True))
        assert at == sorted(at)
    mammogram = "".join(read(known_images(2))[0])
    assert mammogram.find("カテゴリー") < mammogram.find("右U領域に腫瘤"), "others say at first how it is judged"


def test_the_letters_are_drawn_and_not_only_named() -> None:
    """Typst falls back silently: the same page with another text must look different, and ink must be there."""
    _, one = read(known_images(1), findings="腫瘤")
    _, other = read(known_images(1), findings="石灰化")
    pictures = [document[0].render(scale=1).to_numpy() for document in (one, other)]
    assert (pictures[0] != pictures[1]).any()
    fonts = {
        page_object.get_font().get_base_name()
        for page_object in one[0].get_objects()
        if hasattr(page_object, "get_font")
    }
    assert fonts
    assert all("NotoSansCJKjp" in name.replace("-", "") or "NotoSansCJK" in name for name in fonts)


def test_the_notice_stands_on_every_page_of_a_site_in_evaluation_and_on_none_of_a_certified_one() -> None:
    """OPS-14: not for primary diagnosis."""
    long = "\n".join(f"{number}行目の所見。" for number in range(120))
    pages, _ = read(known_images(1), findings=long)
    assert len(pages) > 1
    assert all("一次診断用ではありません" in page and "Notforprimarydiagnosis" in page for page in pages)
    certified, _ = read(known_images(1), site=replace(SITE, in_evaluation=False))
    assert not any("一次診断" in page for page in certified)


def test_markup_in_a_text_is_text() -> None:
    """MRPET-07 for paper: nothing that somebody typed is run."""
    written = '#read("/etc/passwd") *b* $x$ <script>alert(1)</script> \\ `code` #{panic()}'
    pages, _ = read(known_images(1), findings=written)
    assert written.replace(" ", "") in pages[0].replace("\r\n", "")


def test_very_many_images_are_told_by_series() -> None:
    many = known_images(400, series="1.2.3.4", modality="MR") + known_images(300, series="1.2.3.5", modality="MR")
    pages, _ = read(many)
    assert len(pages) <= 2
    assert "700画像700フレーム" in "".join(pages)


def test_a_letter_that_the_font_lacks_is_named() -> None:
    with pytest.raises(RequestError, match=r"U\+1F600"):
        demand_letters(("良性 😀",))
    demand_letters(("髙﨑𠮷 ①㎜ ½ → ≧ é \t ゔ",))


def test_what_no_reader_wrote_is_printed_as_far_as_it_can_be() -> None:
    """A name is never lost in silence: a variant shows as its base letter, a letter without a shape as a geta."""
    name = Name("Somchai^สม", "葛\U000e0100城^愛", "")
    pages, _ = read(known_images(1), case=replace(CASE, patient_name=name, study_description="MG\x0b\x01 x"))
    text = "".join(pages)
    assert "葛城愛" in text
    assert "Somchai〓〓" in text
    assert "MGx" in text


def test_a_missing_font_is_said_loudly(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="fonts-noto-cjk") as error:
        japanese_font((tmp_path, tmp_path / "nowhere"))
    assert "missing" in error.value.what
