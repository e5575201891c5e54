"""The pages of a sealed document as pictures, drawn from its own bytes."""

import json
import unicodedata
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import imagecodecs
import numpy as np
import typst
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from dokuei.errors import AdmissionError, ConfigurationError
from dokuei.fonts import fonts_in, japanese_font

_TEMPLATE: Final = Path(__file__).with_name("pages.typ")
_DOTS_PER_INCH: Final = 150
_MOST_PAGES: Final = 200
_LUMINANCE: Final = np.array([299, 587, 114], dtype=np.uint32)
_BECAUSE: Final = (
    "読影センターには仮名で送られています。上記は病院のゲートウェイが付した患者情報で、以下は封緘された文書のページです。"
    " The centre knows a pseudonym; this line is the hospital gateway's, the page below it the sealed document's."
)


def drawn_pages(pdf: bytes, *, patient: str | None = None) -> tuple[NDArray[np.uint8], ...]:
    """Each page, rows by columns in grey; ``patient`` is written over it where the document itself does not say it.

    Raises:
        AdmissionError: a document that cannot be read, or with pages without end.
        ConfigurationError: the Japanese font is missing.
    """
    count = _count(pdf)
    face = japanese_font()
    strip = None if patient is None else _printable(patient, face.letters)
    told = {"pages": count, "strip": strip, "because": _BECAUSE}
    with TemporaryDirectory() as folder:
        (Path(folder) / "report.pdf").write_bytes(pdf)
        template = Path(folder) / "pages.typ"
        template.write_bytes(_TEMPLATE.read_bytes())
        compiler = typst.Compiler(template, root=folder, font_paths=fonts_in(face.folder))
        inputs = {"data": json.dumps(told, ensure_ascii=False)}
        try:
            made = compiler.compile(format="png", ppi=_DOTS_PER_INCH, sys_inputs=inputs)
        except typst.TypstError as error:
            raise AdmissionError("the sealed document cannot be drawn", phase="drawing a report's pages") from error
    drawn = made if isinstance(made, list) else [made]
    if len(drawn) != count or not all(isinstance(one, bytes) for one in drawn):
        raise ConfigurationError("typst drew other pages than the document has", phase="drawing a report's pages")
    return tuple(_grey(bytes(one or b"")) for one in drawn)


def patient_line(report: Dataset) -> str:
    """Whose report it is, as a page says it."""
    name = report.PatientName
    written = " ".join(f"{name.ideographic or name.alphabetic}".replace("^", " ").split())
    facts = (
        f"ID {report.PatientID}",
        f"生年月日 {report.get('PatientBirthDate', '')}",
        f"性別 {report.get('PatientSex', '')}",
        f"受付番号 {report.get('AccessionNumber', '')}",
    )
    return "　".join((f"患者 {written} 様", *(one for one in facts if not one.endswith(" "))))


def _count(pdf: bytes) -> int:
    try:
        count = int(PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Count"])
    except (PdfError, KeyError, TypeError, ValueError) as error:
        raise AdmissionError("the sealed document cannot be read", phase="drawing a report's pages") from error
    if not 1 <= count <= _MOST_PAGES:
        raise AdmissionError(f"a document of {count} pages", phase="drawing a report's pages")
    return count


def _printable(text: str, letters: frozenset[int]) -> str:
    """Nothing vanishes: a letter that the font does not have stands as its number."""
    return "".join(
        one if ord(one) in letters or unicodedata.category(one) == "Zs" else f"[U+{ord(one):04X}]" for one in text
    )


def _grey(png: bytes) -> NDArray[np.uint8]:
    """As eyes weigh colours (ITU-R BT.601)."""
    cells = np.asarray(imagecodecs.png_decode(png))
    return np.asarray((cells[..., :3].astype(np.uint32) @ _LUMINANCE + 500) // 1000, dtype=np.uint8)
