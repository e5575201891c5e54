"""Dynamic contrast-enhanced MRI: fat-suppressed T1, one phase before contrast and five after, kinetics by tissue."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import MRImageStorage

from dokuei.phantom.headers import Series, describe_pixels, instance
from dokuei.phantom.texture import Field, double, generator, power_law, smoothstep
from dokuei.phantom.thorax import Tissue, Trunk, paint

PHASE_SECONDS = 75.0
INJECTION = 90.0
"""Seconds from the first phase's start to the injection; the first phase after it begins 15 s later."""
CURVES = ("slow", "steady", "washout", "blood", "mild")
_SIGNAL: dict[Tissue, tuple[float, str]] = {
    "skin": (300, "mild"),
    "fat": (135, ""),
    "muscle": (350, "mild"),
    "rib": (60, ""),
    "marrow": (150, "mild"),
    "lung": (28, "mild"),
    "blood": (290, "blood"),
    "myocardium": (330, "steady"),
    "liver": (430, "steady"),
    "spleen": (330, "steady"),
    "stomach": (260, "mild"),
    "kidney": (330, "blood"),
    "air": (4, ""),
    "disc": (180, ""),
    "cord": (330, ""),
    "gland": (400, "slow"),
    "septa": (330, "slow"),
    "lesion": (390, "washout"),
    "benign": (360, "steady"),
    "node": (370, "washout"),
    "vessel": (240, "blood"),
}
"""Signal before contrast and how it rises after; per tissue."""


@dataclass(frozen=True)
class Matrix:
    """The volume: ``spacing`` in the plane and ``step`` between planes in mm; ``centre_y`` is the middle row's y."""

    size: int
    slices: int
    spacing: float
    step: float
    centre_y: float = 45.0

    def axes(self) -> tuple[Field, Field]:
        """X as a row and y as a column, at pixel centres."""
        offset = ((np.arange(self.size) - (self.size - 1) / 2) * self.spacing).astype(np.float32)
        return offset[None, :], (offset + np.float32(self.centre_y))[:, None]

    def half_axes(self) -> tuple[Field, Field]:
        """The same for pixels twice as large."""
        x, y = self.axes()
        return (x[:, 0::2] + x[:, 1::2]) * np.float32(0.5), (y[0::2] + y[1::2]) * np.float32(0.5)

    def z(self, number: int) -> float:
        """Plane ``number``'s z, from the feet up."""
        return (number - (self.slices - 1) / 2) * self.step


def phase_time(phase: int) -> float:
    """When a phase begins, in seconds from the first one's start."""
    return 0.0 if phase == 0 else INJECTION + 15 + (phase - 1) * PHASE_SECONDS


def enhancement(curve: str, phase: int) -> float:
    """Relative rise of the signal in the middle of a phase: the curves that readers name."""
    if phase == 0 or not curve:
        return 0.0
    t = phase_time(phase) + PHASE_SECONDS / 2 - INJECTION
    rise = {
        "slow": 0.34 * (1 - np.exp(-t / 230)),
        "steady": 0.95 * (1 - np.exp(-t / 150)),
        "washout": 1.75 * (1 - np.exp(-t / 32)) * np.exp(-t / 780),
        "blood": 2.5 * (1 - np.exp(-t / 12)) * np.exp(-t / 640),
        "mild": 0.16 * (1 - np.exp(-t / 80)),
    }
    return float(rise[curve])


def _table() -> dict[Tissue, npt.NDArray[np.float32]]:
    rows: dict[Tissue, npt.NDArray[np.float32]] = {}
    for tissue, (signal, curve) in _SIGNAL.items():
        rows[tissue] = np.array([signal, *(signal * (curve == name) for name in CURVES), 1], dtype=np.float32)
    return rows


class Dynamic:
    """One woman in the scanner: static maps per plane, from which each phase is read out with its own noise."""

    def __init__(self, trunk: Trunk, matrix: Matrix, noise: float = 25.0) -> None:
        self.trunk, self.matrix, self.noise = trunk, matrix, noise
        self.seed = trunk.breasts["L"].woman.seed
        self.table = _table()
        x, y = matrix.axes()
        shape = (matrix.size, matrix.size)
        field = power_law(
            generator(self.seed, "coil"), shape, (matrix.spacing,) * 2, exponent=4, longest=260, shortest=40
        )
        near = np.exp(-((y + 110) / 130).clip(0)) * (1 - 0.25 * np.exp(-((x / 30) ** 2)))
        self.coil = ((0.42 + 1.05 * near) * (1 + 0.07 * field)).astype(np.float32)
        poor = power_law(
            generator(self.seed, "shim"), shape, (matrix.spacing,) * 2, exponent=4, longest=200, shortest=30
        )
        self.poor = 1 + 0.9 * smoothstep((poor + np.abs(x) / 150).astype(np.float32), 1.2, 2.8)

    def inner(self, number: int) -> Field:
        """The trunk's share of a plane and of the next: at half the resolution, for its borders are soft."""
        half_x, half_y = self.matrix.half_axes()
        inner = np.zeros((len(CURVES) + 2, half_y.shape[0], half_x.shape[1]), dtype=np.float32)
        paint(self.trunk.inner(self.matrix.z(number), half_x, half_y), inner, self.table)
        return double(inner)

    def maps(self, number: int, inner: Field) -> Field:
        """(baseline, one map a curve) of a plane."""
        x, y = self.matrix.axes()
        z = self.matrix.z(number)
        full = np.zeros((len(CURVES) + 1, self.matrix.size, self.matrix.size), dtype=np.float32)
        paint(self.trunk.surface(z, x, y), full, self.table)
        full[0] *= self.poor
        full *= 1 - inner[-1]
        full += inner[:-1]
        paint(self.trunk.breast(z, x, y), full, self.table)
        full *= self.coil * (1 + 0.08 * self.trunk.noise(1, z, x, y))
        return full

    def plane(self, maps: Field, number: int, phase: int) -> npt.NDArray[np.uint16]:
        """One image of one phase: tissue, pulsation along the phase encoding, and Rician noise."""
        signal = maps[0].copy()
        for curve, part in zip(CURVES, maps[1:], strict=True):
            if phase:
                signal += part * np.float32(enhancement(curve, phase))
        rng = generator(self.seed, "dynamic", phase, number)
        beat = (maps[1 + CURVES.index("blood")].sum(axis=1) * enhancement("blood", max(phase, 1)))[:, None]
        wave = np.cos(np.arange(self.matrix.size) / self.matrix.size * 2 * np.pi * 3.5 + rng.uniform(0, 6.3))
        signal += (beat * (0.9 / self.matrix.size * 0.12) * (1 + wave[None, :])).astype(np.float32)
        parts = rng.standard_normal((2, *signal.shape), dtype=np.float32)
        parts *= np.float32(self.noise)
        parts[0] += signal
        np.square(parts, out=parts)
        total = np.sqrt(parts[0] + parts[1])
        total += np.float32(0.5)
        cells: npt.NDArray[np.uint16] = np.minimum(total, np.float32(4095)).astype(np.uint16)
        return cells

    def planes(self, numbers: range, phases: int) -> Iterator[tuple[int, int, npt.NDArray[np.uint16]]]:
        """(phase, plane, pixels), plane by plane: what does not change in time is computed once."""
        inner, of = self.inner(numbers[0]), numbers[0] // 2
        for number in numbers:
            if number // 2 != of:
                inner, of = self.inner(number), number // 2
            maps = self.maps(number, inner)
            for phase in range(phases):
                yield phase, number, self.plane(maps, number, phase)


def header(series: Series, matrix: Matrix, phase: int, phases: int, number: int) -> Dataset:
    """MR Image (PS3.3 A.4) of one plane of one phase, without its pixels."""
    ds = instance(series, MRImageStorage, number + 1)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "NORM", "DIS3D"]
    describe_pixels(ds, matrix.size, matrix.size, bits=12)
    x, y = matrix.axes()
    ds.ImagePositionPatient = [f"{float(v):.4f}" for v in (x[0, 0], y[0, 0], matrix.z(number))]
    ds.ImageOrientationPatient = ["1", "0", "0", "0", "1", "0"]
    ds.SliceLocation = f"{matrix.z(number):.4f}"
    ds.PixelSpacing = [f"{matrix.spacing:.6g}"] * 2
    ds.SliceThickness = ds.SpacingBetweenSlices = f"{matrix.step:.6g}"
    ds.PatientPosition = "HFP"
    ds.FrameOfReferenceUID = series.study.study_instance_uid + ".1"
    ds.PositionReferenceIndicator = ""
    ds.ScanningSequence, ds.SequenceVariant, ds.ScanOptions = "GR", "SP", "FS"
    ds.MRAcquisitionType, ds.SequenceName = "3D", "*fl3d1"
    ds.RepetitionTime, ds.EchoTime, ds.EchoTrainLength, ds.FlipAngle = "4.5", "1.7", 1, "10"
    ds.MagneticFieldStrength, ds.ImagingFrequency, ds.ImagedNucleus = "3", "123.2", "1H"
    ds.NumberOfAverages, ds.PercentSampling, ds.PercentPhaseFieldOfView = "1", "100", "100"
    ds.AcquisitionMatrix = [0, matrix.size, matrix.size, 0]
    ds.InPlanePhaseEncodingDirection = "ROW"
    ds.ReceiveCoilName = "BREAST 18"
    ds.AcquisitionNumber = phase + 1
    ds.AcquisitionDuration = PHASE_SECONDS
    ds.TemporalPositionIdentifier, ds.NumberOfTemporalPositions = phase + 1, phases
    ds.TemporalResolution = f"{PHASE_SECONDS * 1000:g}"
    if phase:
        ds.ContrastBolusAgent, ds.ContrastBolusRoute = "SYNTHETIC GADOLINIUM", "IV"
        ds.ContrastBolusVolume = f"{series.study.patient.weight * 0.2:.1f}"
        ds.ContrastBolusStartTime = series.study.time(series.after - phase_time(phase) + INJECTION)
    ds.Laterality = ""
    ds.WindowCenter, ds.WindowWidth = "400", "800"
    return ds
