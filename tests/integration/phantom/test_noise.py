"""Noise like the real: full-size frames must not compress better than real ones do."""

import numpy as np
import numpy.typing as npt

from dokuei.dicom.transcode import encode_frame
from dokuei.phantom import mri, women
from dokuei.phantom.anatomy import build
from dokuei.phantom.compression import Compression
from dokuei.phantom.mammogram import present, project
from dokuei.phantom.thorax import PRONE, Trunk


def _ratio(cells: npt.NDArray[np.uint16], bits: int) -> float:
    return cells.nbytes / len(encode_frame(cells, bits_stored=bits).data)


def test_mammogram_compresses_no_better_than_seven_to_one() -> None:
    vendor, woman = women.VENDOR_A, women.SCREENED
    height = vendor.detector.rows * vendor.detector.spacing
    view = Compression(woman, "R", "CC", 56, height * 0.49)
    image = project(build(woman, "R", spacing=1.5), view, vendor.detector, ())

    cells = present(image, view, vendor.processing, "noise", vendor.detector.columns)

    assert cells.shape == (4096, 3328)
    assert 4 < _ratio(cells, 12) <= 7


def test_mri_compresses_no_better_than_two_and_a_half_to_one() -> None:
    trunk = Trunk.of({"R": build(women.STAGED, "R", spacing=1.5), "L": build(women.STAGED, "L", spacing=1.5)}, PRONE)
    scanner = mri.Dynamic(trunk, mri.Matrix(512, 250, 0.684, 0.9, 45))

    for number in (30, 140):
        maps = scanner.maps(number, scanner.inner(number))
        assert 1.8 < _ratio(scanner.plane(maps, number, 2), 12) <= 2.5
