"""The MAC of an image: the same for the file that came and for the coded one, another for any other picture."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from dokuei.dicom.image_mac import mac_of_file
from dokuei.dicom.intake import intake
from dokuei.dicom.prove import proved
from dokuei.errors import NotFoundError
from tests.makers.archive import MG, image


def kept(dataset: Dataset, path: Path) -> Path:
    dataset.save_as(path, enforce_file_format=True)
    return path


def test_the_coded_file_has_the_mac_of_the_one_that_came_and_proving_it_makes_the_same(tmp_path: Path) -> None:
    """REC-15: the hospital's own file is recognised by the report, whatever its transfer syntax."""
    source, coded = kept(image(sop_class=MG, modality="MG"), tmp_path / "a.dcm"), tmp_path / "b.dcm"
    made = intake(source, coded)
    with proved(coded, made) as found:
        assert mac_of_file(source) == mac_of_file(coded) == found.mac


def test_cells_in_planes_give_one_mac_on_both_ways(tmp_path: Path) -> None:
    picture = image(modality="US")
    cells = np.arange(3 * 17 * 19, dtype=np.uint8).reshape(3, 17, 19)
    picture.Rows, picture.Columns, picture.SamplesPerPixel, picture.PlanarConfiguration = 17, 19, 3, 1
    picture.PhotometricInterpretation, picture.BitsAllocated, picture.BitsStored, picture.HighBit = "RGB", 8, 8, 7
    picture.PixelData = cells.tobytes() + b"\0"
    source, coded = kept(picture, tmp_path / "a.dcm"), tmp_path / "b.dcm"
    made = intake(source, coded)
    assert made.proof == "proved"
    with proved(coded, made) as found:
        assert mac_of_file(source) == mac_of_file(coded) == found.mac


def test_another_picture_has_another_mac_and_another_name_the_same(tmp_path: Path) -> None:
    one = image(sop_class=MG, modality="MG")
    before = mac_of_file(kept(one, tmp_path / "a.dcm"))
    one.PatientName, one.PatientID = "Other^Name", "X"
    assert mac_of_file(kept(one, tmp_path / "b.dcm")) == before
    one.PhotometricInterpretation = "MONOCHROME1"
    assert mac_of_file(kept(one, tmp_path / "c.dcm")).mac != before.mac


def test_what_has_no_pixels_has_no_mac(tmp_path: Path) -> None:
    one = image()
    del one.PixelData
    with pytest.raises(NotFoundError):
        mac_of_file(kept(one, tmp_path / "a.dcm"))
