"""Objects that are no images: reports, key images, presentation states, PDFs, videos, and what nothing can show."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import typst
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sr.coding import Code
from pydicom.uid import (
    UID,
    EncapsulatedPDFStorage,
    ExplicitVRLittleEndian,
    GrayscaleSoftcopyPresentationStateStorage,
    KeyObjectSelectionDocumentStorage,
    MammographyCADSRStorage,
    RawDataStorage,
    VideoPhotographicImageStorage,
    generate_uid,
)

from tests.makers.archive import image


def beside(other: Dataset, sop_class: str, modality: str, **elements: Any) -> Dataset:
    """An object without pixels in the study of another."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    for keyword in ("SpecificCharacterSet", "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber"):
        setattr(made, keyword, getattr(other, keyword))
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "ReferringPhysicianName"):
        setattr(made, keyword, getattr(other, keyword))
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = UID(sop_class)
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.SeriesInstanceUID, made.Modality = generate_uid(), modality
    made.SeriesNumber, made.InstanceNumber = 90, 1
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def code(meaning: str, value: str = "1", scheme: str = "99TEST") -> Dataset:
    """An item of a code sequence."""
    made = Dataset()
    made.CodeValue, made.CodingSchemeDesignator, made.CodeMeaning = value, scheme, meaning
    return made


def item(kind: str, name: str, *children: Dataset, relationship: str = "CONTAINS", **elements: Any) -> Dataset:
    """A content item (PS3.3 C.17.3)."""
    made = Dataset()
    made.RelationshipType, made.ValueType = relationship, kind
    if name:
        made.ConceptNameCodeSequence = [code(name)]
    if kind == "CONTAINER":
        made.ContinuityOfContent = "SEPARATE"
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    if children:
        made.ContentSequence = list(children)
    return made


def number(name: str, value: float, unit: Code, *children: Dataset, **more: Any) -> Dataset:
    """A measurement."""
    measured = Dataset()
    measured.NumericValue = value
    measured.MeasurementUnitsCodeSequence = [code(unit.meaning, unit.value, unit.scheme_designator)]
    return item("NUM", name, *children, MeasuredValueSequence=[measured], **more)


def reference(to: Dataset, *frames: int) -> Dataset:
    """An item of a referenced SOP sequence."""
    made = Dataset()
    made.ReferencedSOPClassUID, made.ReferencedSOPInstanceUID = to.SOPClassUID, to.SOPInstanceUID
    if frames:
        made.ReferencedFrameNumber = list(frames)
    return made


def picture(to: Dataset, *frames: int, **more: Any) -> Dataset:
    """A content item that is an image."""
    return item("IMAGE", more.pop("name", ""), ReferencedSOPSequence=[reference(to, *frames)], **more)


def cad_report(of: Dataset, *, elsewhere: Dataset) -> Dataset:
    """A mammography CAD report in the manner of TID 4000, with every type of value in it."""
    millimetre = Code("mm", "UCUM", "millimeter")
    finding = item(
        "CODE",
        "Single Image Finding",
        item("TEXT", "Comment", relationship="HAS PROPERTIES", TextValue="辺縁不整な腫瘤\n精査を推奨"),
        number("Certainty of finding", 87, Code("%", "UCUM", "Percent"), relationship="HAS PROPERTIES"),
        number("Diameter", 12.5, millimetre, relationship="HAS PROPERTIES"),
        item(
            "SCOORD",
            "Outline",
            picture(of, relationship="SELECTED FROM"),
            relationship="INFERRED FROM",
            GraphicType="POLYLINE",
            GraphicData=[1, 1, 5, 1, 5, 5, 1, 1],
        ),
        ConceptCodeSequence=[code("Mammography breast density")],
    )
    findings = item(
        "CONTAINER",
        "CAD Processing and Findings Summary",
        item("CONTAINER", "Individual Impression/Recommendation", finding),
    )
    library = item("CONTAINER", "Image Library", picture(of, name="R MLO"), picture(elsewhere, name="L MLO"))
    context = [
        item(
            "PNAME",
            "Person Observer Name",
            relationship="HAS OBS CONTEXT",
            PersonName="Sato^Jiro=佐藤^次郎=さとう^じろう",
        ),
        item("DATETIME", "Processed", relationship="HAS OBS CONTEXT", DateTime="20261101103000"),
    ]
    return beside(
        of,
        MammographyCADSRStorage,
        "SR",
        SeriesDescription="CAD",
        ValueType="CONTAINER",
        ContinuityOfContent="SEPARATE",
        ConceptNameCodeSequence=[code("Mammography CAD Report")],
        Manufacturer="CADの会社",
        ManufacturerModelName="Finder 2",
        CompletionFlag="COMPLETE",
        VerificationFlag="UNVERIFIED",
        ContentDate="20261101",
        ContentTime="103000",
        ContentSequence=[*context, library, findings],
    )


def key_images(of: Dataset, *frames: int, note: str = "症例検討会") -> Dataset:
    """A list of key images (TID 2010)."""
    return beside(
        of,
        KeyObjectSelectionDocumentStorage,
        "KO",
        SeriesNumber=91,
        ValueType="CONTAINER",
        ContinuityOfContent="SEPARATE",
        ConceptNameCodeSequence=[code("For Teaching", "113004", "DCM")],
        ContentDate="20261101",
        ContentTime="110000",
        ContentSequence=[item("TEXT", "Key Object Description", TextValue=note), picture(of, *frames)],
    )


def presentation_state(of: Dataset, *frames: int) -> Dataset:
    """A greyscale presentation state with one annotation."""
    series, annotation, words = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = of.SeriesInstanceUID
    series.ReferencedImageSequence = [reference(of, *frames)]
    words.UnformattedTextValue = "ここを見てください"
    annotation.GraphicLayer, annotation.TextObjectSequence = "LAYER1", [words]
    return beside(
        of,
        GrayscaleSoftcopyPresentationStateStorage,
        "PR",
        SeriesNumber=92,
        ContentLabel="REVIEW",
        ContentDescription="右 MLO の石灰化",
        ContentCreatorName="Suzuki^Aki=鈴木^亜紀=すずき^あき",
        PresentationCreationDate="20261101",
        PresentationCreationTime="120000",
        ReferencedSeriesSequence=[series],
        GraphicAnnotationSequence=[annotation],
    )


def two_pages() -> bytes:
    """A PDF with a heading in Japanese on each of its pages."""
    text = '#set text(font: "Noto Sans CJK JP")\n= 紹介状\n本文\n#pagebreak()\n= 検査結果\n#lorem(300)\n'
    return typst.compile(text.encode(), format="pdf")


def japanese_without_its_font(words: str) -> bytes:
    """A PDF of one line in Shift_JIS and a font that the reader's program has to have, as office programs once made."""
    drawn = f"BT /F1 24 Tf 40 120 Td <{words.encode('cp932').hex()}> Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light/Encoding/90ms-RKSJ-H/DescendantFonts[6 0 R]>>",
        (
            b"<</Type/Font/Subtype/CIDFontType0/BaseFont/Ryumin-Light/FontDescriptor 7 0 R"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>>>"
        ),
        (
            b"<</Type/FontDescriptor/FontName/Ryumin-Light/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0"
            b"/Ascent 900/Descent -200/CapHeight 700/StemV 80>>"
        ),
    ]
    made, places = b"%PDF-1.4\n", []
    for index, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (index, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(made))
    return made + head + table + tail


def letter(of: Dataset, pdf: bytes, **elements: Any) -> Dataset:
    """A PDF as a sender wraps it."""
    return beside(
        of,
        EncapsulatedPDFStorage,
        "DOC",
        DocumentTitle="紹介状 北病院",
        MIMETypeOfEncapsulatedDocument="application/pdf",
        EncapsulatedDocumentLength=len(pdf),
        EncapsulatedDocument=pdf + b"\0" * (len(pdf) % 2),
        **elements,
    )


def video(of: Dataset, stream: bytes, transfer_syntax: str, *, fragments: Sequence[int] = ()) -> Dataset:
    """A video object: the stream in one fragment, or cut where told."""
    made = image(study=of.StudyInstanceUID, sop_class=VideoPhotographicImageStorage, modality="XC")
    made.PatientID, made.PatientName = of.PatientID, of.PatientName
    made.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    made.SeriesNumber, made.SeriesDescription, made.NumberOfFrames = 93, "超音波動画", 25
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PlanarConfiguration = 3, "YBR_PARTIAL_420", 0
    made.Rows, made.Columns, made.BitsAllocated, made.BitsStored, made.HighBit = 48, 64, 8, 8, 7
    made.LossyImageCompression, made.LossyImageCompressionMethod = "01", "ISO_14496_10"
    cuts = [0, *fragments, len(stream)]
    pieces = [stream[start:end] for start, end in pairwise(cuts)]
    made.PixelData = encapsulate([piece + b"\0" * (len(piece) % 2) for piece in pieces], has_bot=False)
    made["PixelData"].VR, made["PixelData"].is_undefined_length = "OB", True
    return made


def raw_data(of: Dataset) -> Dataset:
    """A maker's own data, which nothing but its own program reads."""
    return beside(of, RawDataStorage, "OT", SeriesDescription="raw", CreatorVersionUID=generate_uid())
