"""PET and CT of one woman on one table: one frame of reference, a hot node, and all that a SUV is made from."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, PositronEmissionTomographyImageStorage
from scipy import ndimage

from dokuei.phantom.headers import Series, code, describe_pixels, instance, sequence
from dokuei.phantom.mri import Matrix
from dokuei.phantom.texture import Field, double, generator, soft, white
from dokuei.phantom.thorax import Tissue, Trunk, cover, ellipse, paint

HALF_LIFE = 6586.2
"""Seconds, of fluorine-18."""
PADDING = -2000
_RESOLUTION = 6.0
"""Full width at half maximum of the PET, in mm."""
_TISSUES: dict[Tissue, tuple[float, float]] = {
    "skin": (30, 0.4),
    "fat": (-102, 0.25),
    "muscle": (54, 0.65),
    "rib": (640, 0.5),
    "marrow": (190, 1.3),
    "lung": (-855, 0.45),
    "blood": (44, 1.7),
    "myocardium": (48, 4.2),
    "liver": (58, 2.4),
    "spleen": (50, 1.9),
    "stomach": (28, 1.4),
    "kidney": (34, 5.0),
    "air": (-1000, 0.05),
    "disc": (85, 0.6),
    "cord": (32, 1.6),
    "gland": (32, 0.9),
    "septa": (0, 0.5),
    "lesion": (48, 9.0),
    "benign": (42, 1.5),
    "node": (46, 8.5),
    "vessel": (40, 1.5),
}
"""Hounsfield units and standardized uptake value of each tissue."""


@dataclass(frozen=True)
class Tracer:
    """The injection: ``dose`` in Bq, ``before`` the PET series began, in seconds; ``weight`` in kg."""

    dose: float
    before: float
    weight: float

    @property
    def becquerel_per_ml(self) -> float:
        """What one SUV is, at the start of the series (PS3.3 C.8.9.1.1.2, body weight)."""
        return float(self.dose * 2 ** (-self.before / HALF_LIFE) / (self.weight * 1000))


def ct_plane(trunk: Trunk, matrix: Matrix, z: float) -> npt.NDArray[np.int16]:
    """One CT image in stored values: tissue, table, correlated noise, and padding outside the reconstructed circle."""
    x, y = matrix.axes()
    half_x, half_y = matrix.half_axes()
    table = {tissue: np.array([values[0]], dtype=np.float32) for tissue, values in _TISSUES.items()}
    maps = np.full((1, matrix.size // 2, matrix.size // 2), -1000, dtype=np.float32)
    for layers in (trunk.surface, trunk.inner, trunk.breast):
        paint(layers(z, half_x, half_y), maps, table)
    pixel = 2 * matrix.spacing
    bed = np.abs(ellipse(half_x, half_y, (0, 130), (225, 104), 3)) + 400 * (half_y < 150)  # noqa: PLR2004 - mm
    maps[0] += (cover(bed - 3, pixel) * 560 + cover(bed - 9, pixel) * 60) * (maps[0] < -900)  # noqa: PLR2004 - HU
    image = double(maps[0])
    rng = generator(trunk.breasts["L"].woman.seed, "ct", f"{z:.2f}")
    deep = np.exp(-((x / 190) ** 2 + ((y - 100) / 140) ** 2))
    image += soft(rng, (matrix.size, matrix.size)) * (5 + 9 * deep)
    outside = x**2 + (y - matrix.centre_y) ** 2 > (matrix.size * matrix.spacing / 2) ** 2
    stored = np.rint(image.clip(-1024, 3071) + 1024)
    stored[np.broadcast_to(outside, stored.shape)] = PADDING
    cells: npt.NDArray[np.int16] = stored.astype(np.int16)
    return cells


def pet_volume(trunk: Trunk, matrix: Matrix, top_z: float) -> tuple[Field, Field]:
    """SUV of every voxel, with and without noise: planes from ``top_z`` downward."""
    x, y = matrix.axes()
    table = {tissue: np.array([values[1]], dtype=np.float32) for tissue, values in _TISSUES.items()}
    clean = np.zeros((matrix.slices, matrix.size, matrix.size), dtype=np.float32)
    for number in range(matrix.slices):
        z = top_z - number * matrix.step
        for layers in (trunk.surface, trunk.inner, trunk.breast):
            paint(layers(z, x, y), clean[number : number + 1], table)
    sigma = _RESOLUTION / 2.355
    clean = ndimage.gaussian_filter(clean, (sigma / matrix.step, sigma / matrix.spacing, sigma / matrix.spacing))
    noise = white(generator(trunk.breasts["L"].woman.seed, "pet"), clean.shape)
    noise = ndimage.gaussian_filter(noise, (0.6, 0.9, 0.9))
    noise /= noise.std()
    noisy: Field = np.maximum(clean + noise * (0.09 * np.sqrt(clean) + 0.012), 0)
    return clean, noisy


def stored(suv: Field, tracer: Tracer) -> tuple[npt.NDArray[np.int16], float]:
    """A plane's stored values and its Rescale Slope in Bq/ml, which differs from plane to plane as it does in life."""
    activity = suv * np.float32(tracer.becquerel_per_ml)
    slope = float(f"{max(float(activity.max()), 1.0) / 32767:.8g}")
    return np.rint(activity / slope).clip(0, 32767).astype(np.int16), slope


def _place(ds: Dataset, matrix: Matrix, z: float, frame_of_reference: str) -> None:
    x, y = matrix.axes()
    ds.ImagePositionPatient = [f"{float(v):.4f}" for v in (x[0, 0], y[0, 0], z)]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    ds.SliceLocation = f"{z:.4f}"
    ds.PixelSpacing = [f"{matrix.spacing:.6g}"] * 2
    ds.SliceThickness = f"{matrix.step:.6g}"
    ds.PatientPosition = "HFS"
    ds.FrameOfReferenceUID = frame_of_reference
    ds.PositionReferenceIndicator = ""


def ct_header(series: Series, matrix: Matrix, number: int, z: float, frame_of_reference: str) -> Dataset:
    """CT Image (PS3.3 A.3) of one plane, without its pixels."""
    ds = instance(series, CTImageStorage, number + 1)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    describe_pixels(ds, matrix.size, matrix.size, bits=16, signed=True)
    _place(ds, matrix, z, frame_of_reference)
    ds.AcquisitionNumber = 1
    ds.KVP, ds.XRayTubeCurrent, ds.ExposureTime, ds.Exposure = "120", 90, 500, 45
    ds.CTDIvol, ds.FilterType, ds.ConvolutionKernel = 3.4, "BODY", "STANDARD"
    ds.ReconstructionDiameter = f"{matrix.size * matrix.spacing:g}"
    ds.GantryDetectorTilt, ds.TableHeight, ds.RotationDirection = "0", "160", "CW"
    ds.PixelPaddingValue = PADDING
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "-1024", "1", "HU"
    ds.WindowCenter, ds.WindowWidth = ["40", "-600"], ["400", "1500"]
    ds.WindowCenterWidthExplanation = ["SOFT TISSUE", "LUNG"]
    return ds


def pet_header(
    series: Series, matrix: Matrix, tracer: Tracer, *, number: int, z: float, slope: float, frame_of_reference: str
) -> Dataset:
    """PET Image (PS3.3 A.21) of one plane, without its pixels; decay is undone to the series' start."""
    bed = number // 40
    ds = instance(series, PositronEmissionTomographyImageStorage, number + 1, after=series.after + 150 * bed)
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    describe_pixels(ds, matrix.size, matrix.size, bits=16, signed=True)
    _place(ds, matrix, z, frame_of_reference)
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = "0", f"{slope:.8g}", "BQML"
    ds.Units, ds.CountsSource, ds.SeriesType = "BQML", "EMISSION", ["WHOLE BODY", "IMAGE"]
    ds.DecayCorrection, ds.DecayFactor = "START", f"{2 ** (150 * bed / HALF_LIFE):.6g}"
    ds.CorrectedImage = ["NORM", "DTIM", "ATTN", "SCAT", "RADL", "DECY", "RAN"]
    ds.AttenuationCorrectionMethod, ds.ScatterCorrectionMethod = "CT", "MODEL"
    ds.RandomsCorrectionMethod, ds.ReconstructionMethod = "DLYD", "OSEM3D 3i21s PSF+TOF"
    ds.ConvolutionKernel = "XYZ GAUSS4.00"
    ds.CollimatorType, ds.TypeOfDetectorMotion = "NONE", "NONE"
    ds.ActualFrameDuration, ds.FrameReferenceTime = 150000, f"{(150 * bed + 74) * 1000:g}"
    ds.NumberOfSlices, ds.ImageIndex = matrix.slices, number + 1
    ds.EnergyWindowRangeSequence = sequence(_energy())
    ds.RadiopharmaceuticalInformationSequence = sequence(_injection(series, tracer))
    ds.PatientOrientationCodeSequence = sequence(code("102538003", "SCT", "recumbent"))
    ds.PatientOrientationCodeSequence[0].PatientOrientationModifierCodeSequence = sequence(
        code("40199007", "SCT", "supine")
    )
    ds.PatientGantryRelationshipCodeSequence = sequence(code("102540008", "SCT", "headfirst"))
    full = 7 * tracer.becquerel_per_ml
    ds.WindowCenter, ds.WindowWidth = f"{full / 2:.6g}", f"{full:.6g}"
    return ds


def _energy() -> Dataset:
    item = Dataset()
    item.EnergyWindowLowerLimit, item.EnergyWindowUpperLimit = "435", "650"
    return item


def _injection(series: Series, tracer: Tracer) -> Dataset:
    item = Dataset()
    start = datetime.strptime(series.study.date + series.study.time(series.after)[:6], "%Y%m%d%H%M%S")  # noqa: DTZ007 - DT without zone
    injected = start - timedelta(seconds=tracer.before)
    item.Radiopharmaceutical = "Fluorodeoxyglucose F^18^"
    item.RadiopharmaceuticalVolume = "3.2"
    item.RadiopharmaceuticalStartTime = injected.strftime("%H%M%S")
    item.RadiopharmaceuticalStartDateTime = injected.strftime("%Y%m%d%H%M%S")
    item.RadionuclideTotalDose = f"{tracer.dose:.10g}"
    item.RadionuclideHalfLife = f"{HALF_LIFE:g}"
    item.RadionuclidePositronFraction = "0.967"
    item.RadionuclideCodeSequence = sequence(code("77004003", "SCT", "^18^Fluorine"))
    item.RadiopharmaceuticalCodeSequence = sequence(code("35321007", "SCT", "Fluorodeoxyglucose F^18^"))
    item.AdministrationRouteCodeSequence = sequence(code("47625008", "SCT", "Intravenous route"))
    return item
