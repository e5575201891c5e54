"""How each series of a case is made: jobs that write files and tell what lies where in them."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from dokuei.phantom import mri, pet_ct, tomosynthesis, tomosynthesis_header, ultrasound
from dokuei.phantom.anatomy import Breast, Laterality, Lesion, Woman, natural_height
from dokuei.phantom.compression import Compression, Detector
from dokuei.phantom.headers import Series, uid, write
from dokuei.phantom.mammogram import Projection, present, project
from dokuei.phantom.mammogram_header import Vendor, for_presentation, for_processing
from dokuei.phantom.texture import generator, white
from dokuei.phantom.thorax import PRONE, SUPINE, Posture, Trunk
from dokuei.phantom.truth import Sighting

T = TypeVar("T")
Breasts = dict[Laterality, Future[Breast]]
PHASES = 6


@dataclass(frozen=True)
class Job:
    """One thing to do: ``run`` writes ``images`` files below a folder and says what it put in them."""

    images: int
    run: Callable[[Path], list[Sighting]]


class _Once(Generic[T]):
    """What several jobs share is made by the first of them."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._made: list[T] = []

    def get(self) -> T:
        """The one thing; others wait while it is made."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


@dataclass(frozen=True)
class Scale:
    """How large: ``pixels`` and ``planes`` divide the full matrices; ``voxel`` is the breast's grid in mm."""

    pixels: int = 1
    planes: int = 1
    voxel: float = 0.75

    def vendor(self, vendor: Vendor) -> Vendor:
        """The same detector with larger pixels."""
        whole = vendor.detector
        detector = Detector(whole.rows // self.pixels, whole.columns // self.pixels, whole.spacing * self.pixels)
        return replace(vendor, detector=detector)

    def matrix(self, size: int, slices: int, spacing: float, step: float, centre_y: float) -> mri.Matrix:
        """The same volume in larger voxels."""
        k = max(1, self.pixels // 2)
        return mri.Matrix(size // k, max(2, slices // self.planes), spacing * k, step * self.planes, centre_y)


FULL, SMALL = Scale(), Scale(pixels=16, planes=12, voxel=3.5)


def _trunk(breasts: Breasts, posture: Posture) -> Trunk:
    return Trunk.of({side: future.result() for side, future in breasts.items()}, posture)


def _see(series: Series, number: int, lesion: Lesion, at: tuple[float, float], spacing: float) -> Sighting:
    return Sighting(
        finding=lesion.name,
        modality=series.modality,
        study_instance_uid=series.study.study_instance_uid,
        series_instance_uid=series.series_instance_uid,
        sop_instance_uid=uid(series.study.key, series.number, number),
        row=at[0],
        column=at[1],
        radius_pixels=lesion.radius / spacing,
    )


def in_breast(lesions: Iterable[Lesion], view: Compression) -> tuple[Lesion, ...]:
    """The lesions that a view can show: the axilla is not in a CC view."""
    mine = (lesion for lesion in lesions if lesion.laterality == view.laterality)
    return tuple(lesion for lesion in mine if view.view_position == "MLO" or lesion.kind != "axillary-node")


def _at(view: Compression, lesion: Lesion, detector: Detector) -> tuple[float, float, float]:
    """Row, column and depth (mm) of a lesion in an image as it is hung."""
    place = view.from_breast(np.array([lesion.position], dtype=np.float32))
    row, column = (float(v) for v in view.pixels(place, detector)[0])
    if view.laterality == "R":
        column = detector.columns - 1 - column
    return row, column, float(place[0, 2])


def mammogram(
    series: Series, number: int, breasts: Breasts, view: Compression, vendor: Vendor, *, raw: bool = False
) -> Job:
    """One view for presentation; with ``raw`` the for-processing image of the same exposure beside it."""
    lesions = in_breast(view.woman.lesions, view)

    def run(folder: Path) -> list[Sighting]:
        image = project(breasts[view.laterality].result(), view, vendor.detector, lesions)
        cells = present(image, view, vendor.processing, series.study.key, vendor.detector.columns)
        if vendor.monochrome1:
            cells = np.uint16(2**vendor.processing.bits - 1) - cells
        name = f"{view.laterality}{view.view_position}"
        write(
            for_presentation(series, view, vendor, number, series.after + 60 * number),
            folder / f"{name}.dcm",
            [_hang(cells, view)],
        )
        if raw:
            ds = for_processing(series, view, vendor, number + 10, series.after + 60 * number)
            counts = _counts(image, view, vendor, series.study.key)
            write(ds, folder / f"{name}-for-processing.dcm", [_hang(counts, view)])
        return [
            replace(_see(series, number, lesion, (row, column), vendor.detector.spacing), view=name)
            for lesion in lesions
            for row, column, _ in [_at(view, lesion, vendor.detector)]
        ]

    return Job(1 + raw, run)


def _hang(cells: npt.NDArray[np.uint16], view: Compression) -> npt.NDArray[np.uint16]:
    return cells[:, ::-1] if view.laterality == "R" else cells


def _counts(image: Projection, view: Compression, vendor: Vendor, key: str) -> npt.NDArray[np.uint16]:
    """What the detector counted, linear, before any processing."""
    rows, columns = vendor.detector.rows, vendor.detector.columns
    counts = np.full((rows, columns), 14000, dtype=np.float32)
    counts[:, : image.away.shape[1]] *= np.exp(-0.052 * image.thickness - 0.030 * image.dense)
    noise = white(generator(key, view.laterality, view.view_position, "raw"), counts.shape)
    counts += noise * np.sqrt(counts) * np.float32(0.6) + 50
    cells: npt.NDArray[np.uint16] = np.clip(counts, 0, 16383).astype(np.uint16)
    return cells


def tomosynthesis_view(
    series: Series, number: int, breasts: Breasts, view: Compression, vendor: Vendor, *, planes: int
) -> Job:
    """One tomosynthesis object, plane after plane."""
    lesions = in_breast(view.woman.lesions, view)

    def run(folder: Path) -> list[Sighting]:
        tomo = tomosynthesis.prepare(breasts[view.laterality].result(), view, vendor.detector, planes, lesions)
        frames = (_hang(tomosynthesis.plane(tomo, n), view) for n in range(planes))
        ds = tomosynthesis_header.header(series, view, vendor, planes, number=number, after=series.after + 90 * number)
        name = f"{view.laterality}{view.view_position}"
        write(ds, folder / f"{name}-tomo.dcm", frames)
        found = []
        for lesion in lesions:
            row, column, depth = _at(view, lesion, vendor.detector)
            place = view.from_breast(np.array([lesion.position], dtype=np.float32))[0]
            frame = min(planes, int(depth / view.thickness * planes) + 1)
            position = tomosynthesis_header.in_patient(view, *(float(v) for v in place))
            seen = _see(series, number, lesion, (row, column), vendor.detector.spacing)
            found.append(replace(seen, frame=frame, view=name, position=position))
        return found

    return Job(1, run)


def ultrasound_clip(
    series: Series, number: int, woman: Woman, lesion: Lesion, screen: ultrasound.Screen, *, frames: int, note: str
) -> Job:
    """A still (one frame, colour) or a sweep through a lesion (many, grey).

    Of a distortion and of calcifications, ultrasound shows the core only.
    """

    def run(folder: Path) -> list[Sighting]:
        _, v, w = lesion.position
        height = float(natural_height(woman, np.array([np.hypot(v, w)], dtype=np.float32))[0])
        depth = float(np.clip((height - lesion.depth) * 0.42, 12, 19))
        sweep = 3.0 * lesion.radius if frames > 1 else 0.1
        echo = lesion.at(0.5) if lesion.kind in {"architectural-distortion", "microcalcifications"} else lesion
        scan = ultrasound.Scan(f"{woman.seed} {note}", echo, screen, frames, sweep=sweep, depth=depth)
        dressed = (ultrasound.dress(screen, picture, lesion, lesion.laterality, note) for picture in scan.frames())
        colour = dressed if frames > 1 else (np.repeat(picture[..., None], 3, axis=2) for picture in dressed)
        ds = ultrasound.header(
            series, screen, lesion.laterality, number, frames=frames, after=series.after + 25 * number
        )
        write(ds, folder / f"{number:02d}.dcm", colour)
        row = screen.top + depth / screen.spacing - 0.5
        seen = _see(series, number, echo, (row, screen.left + screen.width / 2 - 0.5), screen.spacing)
        return [replace(seen, frame=(frames + 1) // 2, view=note)]

    return Job(1, run)


def dynamic(series: list[Series], breasts: Breasts, matrix: mri.Matrix, chunk: int) -> list[Job]:
    """All phases of a dynamic MRI, in jobs of some planes each; the truth comes with the first."""
    once = _Once(lambda: mri.Dynamic(_trunk(breasts, PRONE), matrix))

    def part(numbers: range, folder: Path) -> list[Sighting]:
        scanner = once.get()
        for phase in range(PHASES):
            (folder / f"phase-{phase}").mkdir(exist_ok=True)
        for phase, number, pixels in scanner.planes(numbers, PHASES):
            ds = mri.header(series[phase], matrix, phase, PHASES, number)
            write(ds, folder / f"phase-{phase}" / f"{number + 1:04d}.dcm", [pixels])
        return _dynamic_truth(series, scanner.trunk, matrix) if numbers[0] == 0 else []

    def job(numbers: range) -> Job:
        return Job(len(numbers) * PHASES, lambda folder: part(numbers, folder))

    return [job(range(first, min(first + chunk, matrix.slices))) for first in range(0, matrix.slices, chunk)]


def _dynamic_truth(series: list[Series], trunk: Trunk, matrix: mri.Matrix) -> list[Sighting]:
    curves = {"circumscribed-mass": "steady"}
    found = []
    for lesion in trunk.lesions:
        number, row, column, place = _voxel(trunk, lesion, matrix)
        for phase in range(PHASES):
            rise = mri.enhancement(curves.get(lesion.kind, "washout"), phase)
            seen = _see(series[phase], number + 1, lesion, (row, column), matrix.spacing)
            found.append(replace(seen, position=place, measures={"phase": phase, "relative_enhancement": rise}))
    return found


def _voxel(trunk: Trunk, lesion: Lesion, matrix: mri.Matrix) -> tuple[int, float, float, tuple[float, float, float]]:
    """(plane from the feet, row, column, patient position) of a lesion."""
    cx, cy, cz = trunk.place(lesion)
    x, y = matrix.axes()
    number = int(np.clip(round((cz - matrix.z(0)) / matrix.step), 0, matrix.slices - 1))
    return number, float((cy - y[0, 0]) / matrix.spacing), float((cx - x[0, 0]) / matrix.spacing), (cx, cy, cz)


def ct(
    series: Series, breasts: Breasts, matrix: mri.Matrix, *, top: float, chunk: int, frame_of_reference: str
) -> list[Job]:
    """CT from ``top`` downward, in jobs of some planes each."""
    once = _Once(lambda: _trunk(breasts, SUPINE))

    def part(numbers: range, folder: Path) -> list[Sighting]:
        trunk = once.get()
        for number in numbers:
            z = top - number * matrix.step
            ds = pet_ct.ct_header(series, matrix, number, z, frame_of_reference)
            write(ds, folder / f"{number + 1:04d}.dcm", [pet_ct.ct_plane(trunk, matrix, z)])
        return [] if numbers[0] else [_below(series, trunk, lesion, matrix, top) for lesion in trunk.lesions]

    def job(numbers: range) -> Job:
        return Job(len(numbers), lambda folder: part(numbers, folder))

    return [job(range(first, min(first + chunk, matrix.slices))) for first in range(0, matrix.slices, chunk)]


def _below(series: Series, trunk: Trunk, lesion: Lesion, matrix: mri.Matrix, top: float) -> Sighting:
    _, row, column, place = _voxel(trunk, lesion, matrix)
    number = int(np.clip(round((top - place[2]) / matrix.step), 0, matrix.slices - 1))
    return replace(_see(series, number + 1, lesion, (row, column), matrix.spacing), position=place)


def pet(
    series: Series, breasts: Breasts, matrix: mri.Matrix, *, top: float, tracer: pet_ct.Tracer, frame_of_reference: str
) -> Job:
    """PET from ``top`` downward; the truth holds the SUV without noise that a region on the lesion must give."""

    def run(folder: Path) -> list[Sighting]:
        trunk = _trunk(breasts, SUPINE)
        clean, noisy = pet_ct.pet_volume(trunk, matrix, top)
        for number in range(matrix.slices):
            pixels, slope = pet_ct.stored(noisy[number], tracer)
            z = top - number * matrix.step
            ds = pet_ct.pet_header(
                series, matrix, tracer, number=number, z=z, slope=slope, frame_of_reference=frame_of_reference
            )
            write(ds, folder / f"{number + 1:04d}.dcm", [pixels])
        found = []
        for lesion in trunk.lesions:
            seen = _below(series, trunk, lesion, matrix, top)
            k = round((top - trunk.place(lesion)[2]) / matrix.step)
            r, c = round(seen.row), round(seen.column)
            block = clean[max(0, k - 1) : k + 2, r - 1 : r + 2, c - 1 : c + 2]
            found.append(
                replace(seen, measures={"suv_mean_27_voxels": float(block.mean()), "suv_max": float(block.max())})
            )
        return found

    return Job(matrix.slices, run)
