"""Breast ultrasound: layers from skin to chest wall, a lesion in them, speckle, shadows; stills and a sweep."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.uid import UltrasoundImageStorage, UltrasoundMultiFrameImageStorage
from scipy import ndimage

from dokuei.phantom import lettering
from dokuei.phantom.anatomy import Lesion, lesion_density
from dokuei.phantom.headers import Series, code, describe_pixels, instance, sequence
from dokuei.phantom.texture import Field, double_axis, enlarge, generator, power_law, ridge, smoothstep

_FRAME_MS = 50.0


@dataclass(frozen=True)
class Screen:
    """The machine's picture: ``depth`` in mm over the scanned part's rows; ``left`` and ``top`` are its corner."""

    rows: int
    columns: int
    top: int
    left: int
    height: int
    width: int
    depth: float

    @property
    def spacing(self) -> float:
        """Millimetres a pixel, along and across."""
        return self.depth / self.height


class Scan:
    """One breast under a linear probe: fields for a stack of neighbouring planes through a lesion."""

    def __init__(self, seed: str, lesion: Lesion, screen: Screen, planes: int, *, sweep: float, depth: float) -> None:
        self.seed, self.lesion, self.screen, self.sweep, self.depth = seed, lesion, screen, sweep, depth
        self.count = planes
        self.dots: list[tuple[float, float, float]] = []
        coarse = (planes, screen.height // 4, screen.width // 8)
        step = (sweep / max(planes, 2), screen.spacing * 4, screen.spacing * 8)

        def field(name: str, exponent: float, longest: float, shortest: float, flat: float) -> Field:
            rng = generator(seed, lesion.name, "us", name)
            return power_law(
                rng, coarse, (step[0], step[1] * flat, step[2]), exponent=exponent, longest=longest, shortest=shortest
            )

        self.waves = field("waves", 4.0, 40, 8, 0.4)
        self.lobes = field("lobes", 3.0, 14, 3.0, 1.7)
        self.fibres = field("fibres", 2.6, 10, 1.2, 3.0)
        if lesion.kind in {"microcalcifications", "spiculated-mass"}:
            rng = generator(seed, lesion.name, "us dots")
            places = rng.normal(0, 0.33 * lesion.radius, (14, 3))
            self.dots = [(float(x), float(y), float(z)) for x, y, z in places]

    def axes(self, factor: int = 1) -> tuple[Field, Field]:
        """Depth as a column and place along the probe as a row, in mm; the lesion lies at (depth, 0).

        Across, all is computed at half the screen's resolution: no beam is narrower.
        """
        screen = self.screen
        down = (np.arange(screen.height // factor) + 0.5) * screen.spacing * factor
        across = (np.arange(screen.width // 2 // factor) + 0.5) * screen.spacing * 2 * factor
        across -= screen.width * screen.spacing / 2
        return down.astype(np.float32)[:, None], across.astype(np.float32)[None, :]

    def elevation(self, plane: int) -> float:
        """How far a plane is from the lesion's middle, in mm."""
        return ((plane + 0.5) / self.count - 0.5) * self.sweep

    def echo(self, plane: int) -> Field:
        """Mean echo in decibels below the brightest, before speckle."""
        down, across = self.axes()
        waves, lobes, fibres = (enlarge(field[plane], 4) for field in (self.waves, self.lobes, self.fibres))
        bent = down + 0.8 * waves
        first, second, third, fourth = 8.2, 20.5, 24.0, 31.5
        scallop = bent + 1.8 * lobes
        fat = -37 + 2.0 * fibres + 15 * ridge(lobes, 0.10) * (0.6 + 0.4 * fibres.clip(-1, 1))
        gland = -21 + 3.2 * fibres - 9 * smoothstep(lobes, 0.7, 1.3) + 4 * ridge(fibres, 0.15)
        muscle = -37 + 14 * ridge(fibres + 0.15 * np.sin(bent * 3), 0.12)
        level: Field = fat.astype(np.float32)
        level += (gland - fat) * smoothstep(scallop, first - 0.8, first + 0.8)
        level += (fat - level) * smoothstep(scallop, second - 0.8, second + 0.8)
        level += (muscle - level) * smoothstep(bent, third - 0.3, third + 0.3)
        level += (-48 - level) * smoothstep(bent, fourth, fourth + 1.5)
        np.maximum(level, -12 - 60 * np.abs(bent - third), out=level)
        np.maximum(level, -8 - 45 * np.abs(bent - fourth), out=level)
        np.maximum(level, -13 - 14 * np.maximum(bent - 1.5, 0), out=level)
        level -= 0.22 * np.maximum(down - 14, 0)
        self._add_lesion(level, plane, down, across, fibres)
        return level

    def _add_lesion(self, level: Field, plane: int, down: Field, across: Field, fibres: Field) -> None:
        lesion, elevation = self.lesion, self.elevation(plane)
        calm = lesion.kind == "circumscribed-mass"
        rim, behind, inside = (enlarge(field, 4) for field in self._lesion_fields(calm=calm, elevation=elevation))
        dark = {"circumscribed-mass": -41, "spiculated-mass": -46, "architectural-distortion": -40}.get(
            lesion.kind, -40
        )
        strength = 0.5 if lesion.kind == "microcalcifications" else 1.0
        level += (-18 - level) * rim * (0.25 if calm else 0.6)
        level += (dark + 1.6 * fibres - level) * inside.clip(0, 1) * strength
        level += behind * {"circumscribed-mass": 5.0, "microcalcifications": -2.0}.get(lesion.kind, -10.0)
        for dx, dy, dz in self.dots:
            if abs(dz - elevation) < 0.6:  # noqa: PLR2004 - mm, the beam's thickness
                away = (down - self.depth - dy) ** 2 + (across - dx) ** 2
                level += (-9 - level) * np.exp(-away / 0.05)

    def _lesion_fields(self, *, calm: bool, elevation: float) -> tuple[Field, Field, Field]:
        """(echogenic rim, shadow or enhancement below, substance) of the lesion, on a coarser grid."""
        down, across = self.axes(4)
        radius = self.lesion.radius
        du = (self.depth - down) * (1.35 if calm else 0.95) + 0 * across
        dv = across * (0.85 if calm else 1.1) + 0 * down
        inside = lesion_density(self.lesion, self.seed, du, dv, np.full_like(du, elevation))
        wide = 1.6 if calm else 3.6
        rim = np.clip(ndimage.gaussian_filter(inside, (wide, wide / 2)) * 2.2, 0, 1) * (1 - inside)
        behind = np.cumsum(inside, axis=0) * np.float32(4 * self.screen.spacing / radius)
        below = smoothstep(behind, 0.3, 1.4) * (1 - inside)
        return rim, ndimage.gaussian_filter1d(below, 1.0, axis=1), inside

    def frames(self) -> Iterator[npt.NDArray[np.uint8]]:
        """Each plane's picture: speckle drifts from plane to plane as the probe moves."""
        rng = generator(self.seed, self.lesion.name, "speckle")
        shape = (2, self.screen.height, self.screen.width // 2)
        keep = float(np.exp(-(self.sweep / max(self.count, 2)) / 0.5)) if self.count > 1 else 0.0
        raw = rng.standard_normal(shape, dtype=np.float32)
        for plane in range(self.count):
            raw = raw * np.float32(keep) + rng.standard_normal(shape, dtype=np.float32) * np.float32(
                (1 - keep**2) ** 0.5
            )
            yield self._picture(plane, raw)

    def _picture(self, plane: int, raw: Field) -> npt.NDArray[np.uint8]:
        sigma = (0.085 / self.screen.spacing, 0.12 / self.screen.spacing)
        smooth = ndimage.gaussian_filter(raw, (0, *sigma), truncate=3)
        envelope = np.sqrt(smooth[0] ** 2 + smooth[1] ** 2)
        envelope /= np.sqrt(np.mean(envelope**2))
        image = ndimage.gaussian_filter(self.echo(plane), sigma, truncate=3)
        image += 20 * np.log10(envelope + np.float32(0.02))
        image += 0.4 * raw[0] * smoothstep(self.axes()[0], 20, 40)
        grey = np.clip((double_axis(image, -1) + 56) * np.float32(255 / 54), 0, 255)
        cells: npt.NDArray[np.uint8] = grey.astype(np.uint8)
        return cells


def dress(
    screen: Screen, picture: npt.NDArray[np.uint8], lesion: Lesion, side: str, note: str
) -> npt.NDArray[np.uint8]:
    """The whole screen: the scanned part, ruler, grey bar, body mark and burned-in words."""
    image = np.zeros((screen.rows, screen.columns), dtype=np.uint8)
    image[screen.top : screen.top + screen.height, screen.left : screen.left + screen.width] = picture
    right = screen.left + screen.width + 8
    lettering.depth_scale(image, screen.top, right, 10 / screen.spacing, screen.depth / 10)
    lettering.grey_bar(image, screen.top + 10, max(4, screen.left - 40), min(220, screen.height))
    clock = f"{int(lesion.clock)}:{round(lesion.clock % 1 * 60):02d}"
    small = 1 if screen.rows < 400 else 2  # noqa: PLR2004 - the screens of tests
    lettering.write(image, "SYNTHETIC IMAGE - NO PATIENT", 12, 16, size=small)
    lettering.write(image, f"{side} BREAST {clock} {lesion.from_nipple / 10:.1f}CM FN", 34, 16, size=small)
    lettering.write(image, note, 56, 16, size=small)
    if screen.rows >= 400:  # noqa: PLR2004 - the screens of tests
        lettering.body_mark(image, screen.rows - 60, 70, lesion.clock)
    return image


def header(series: Series, screen: Screen, side: str, number: int, *, frames: int, after: float) -> Dataset:
    """US Image or US Multi-frame Image (PS3.3 A.6, A.7) with its calibrated region, without its pixels."""
    sop_class = UltrasoundMultiFrameImageStorage if frames > 1 else UltrasoundImageStorage
    ds = instance(series, sop_class, number, after=after)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "SMALL PARTS", "0001"]
    describe_pixels(ds, screen.rows, screen.columns, bits=8)
    ds.BurnedInAnnotation = "YES"
    ds.Laterality, ds.PatientOrientation = side, ""
    ds.ImageLaterality = side
    ds.TransducerData, ds.TransducerType = ["L18-5", "", ""], "LINEAR"
    ds.AnatomicRegionSequence = sequence(code("76752008", "SCT", "Breast"))
    ds.SequenceOfUltrasoundRegions = sequence(_region(screen))
    if frames > 1:
        ds.NumberOfFrames = frames
        ds.FrameTime = f"{_FRAME_MS:g}"
        ds.CineRate, ds.RecommendedDisplayFrameRate = round(1000 / _FRAME_MS), round(1000 / _FRAME_MS)
        ds.add_new("FrameIncrementPointer", "AT", 0x00181063)
    else:
        ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
    return ds


def _region(screen: Screen) -> Dataset:
    """The region's calibration (PS3.3 C.8.5.5): tissue, centimetres along and across."""
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = screen.left, screen.top
    item.RegionLocationMaxX1 = screen.left + screen.width - 1
    item.RegionLocationMaxY1 = screen.top + screen.height - 1
    item.ReferencePixelX0, item.ReferencePixelY0 = screen.width // 2, 0
    item.PhysicalUnitsXDirection, item.PhysicalUnitsYDirection = 3, 3
    item.ReferencePixelPhysicalValueX, item.ReferencePixelPhysicalValueY = 0.0, 0.0
    item.PhysicalDeltaX, item.PhysicalDeltaY = screen.spacing / 10, screen.spacing / 10
    item.TransducerFrequency = 12000
    return item
