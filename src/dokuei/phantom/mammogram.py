"""Mammograms: what lies above each pixel, and what a vendor's processing makes of it."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dokuei.phantom import strands
from dokuei.phantom.anatomy import Breast, Lesion, lesion_density
from dokuei.phantom.compression import Compression, Detector, Slab, slab
from dokuei.phantom.strands import Strands
from dokuei.phantom.texture import Field, double, enlarge, generator, halve, power_law, ridge, smoothstep, white

COARSE = 8
_LAYERS = 4
_CALCIUM = 45.0
"""Attenuation of a calcification against as much gland."""


@dataclass(frozen=True)
class Processing:
    """How a vendor turns attenuation into pixels for presentation: levels and deviations in pixel values."""

    bits: int
    fat: float
    per_mm: float
    noise: float
    sharpen: float
    noise_blur: float = 0.0


@dataclass(frozen=True)
class Projection:
    """Millimetres above each pixel: of anything denser than fat, of the whole breast, and to the skin's edge."""

    dense: Field
    thickness: Field
    away: Field


def fibre_base(key: tuple[str, ...], detector: Detector) -> Field:
    """Fine parenchyma: cloud and filaments, finer than any voxel; zero mean."""
    shape, spacing = (detector.rows, detector.columns), (detector.spacing, detector.spacing / 1.5)
    cloud = power_law(generator(*key, "cloud"), shape, spacing, exponent=2.7, longest=14, shortest=0.35)
    threads = power_law(generator(*key, "threads"), shape, spacing, exponent=3.0, longest=9, shortest=0.8)
    field = 0.7 * cloud + 0.9 * ridge(threads, 0.09)
    return field - np.float32(field.mean())


def converge(
    base: Field, view: Compression, detector: Detector, layer: int, inside: tuple[npt.NDArray[np.intp], ...]
) -> Field:
    """The texture of one layer, its fibres bent toward the nipple."""
    p, m = view.plane(detector)
    x, y = p[0, inside[1]], m[inside[0], 0]
    narrowing = 0.34 + 0.66 * np.clip(1.04 - x / view.reach, 0, 1.2)
    rows = (y / narrowing / detector.spacing) + layer * detector.rows * 0.237
    columns = x / detector.spacing + layer * detector.columns * 0.411
    rows = rows % (detector.rows - 1)
    columns = columns % (detector.columns - 1)
    result: Field = ndimage.map_coordinates(base, np.stack([rows, columns]), order=1, output=np.float32)
    return result


def project(breast: Breast, view: Compression, detector: Detector, lesions: tuple[Lesion, ...]) -> Projection:
    """Add up the breast along the beam: voxels for the gland, textures for what is finer, curves for what is thin."""
    detector = replace(detector, columns=view.columns(detector))
    coarse, fine = detector.coarser(COARSE), detector.coarser(2)
    planes = max(6, round(view.thickness / 2))
    layers = slab(breast, view, coarse, planes)
    shape = (coarse.rows * COARSE // 2, coarse.columns * COARSE // 2)
    p, m = view.plane(Detector(shape[0], shape[1], fine.spacing))
    dense = _gland(layers, view, Detector(shape[0], shape[1], fine.spacing), view.away(p, m))
    for lesion in lesions:
        add_mass(dense, breast, lesion, view, fine.spacing)
    if view.view_position == "MLO":
        dense += pectoral(view, p, m)
    dense = double(dense)
    dense += curves(breast, view, (dense.shape[0], dense.shape[1]), detector.spacing, lesions)
    rows, columns = detector.rows, detector.columns
    p, m = view.plane(detector)
    away = view.away(p, m)
    return Projection(dense[:rows, :columns], view.pressed(away), away)


def _gland(layers: Slab, view: Compression, detector: Detector, away: Field) -> Field:
    key = (view.woman.seed, view.laterality, view.view_position)
    base = fibre_base(key, detector)
    inside = np.nonzero(away > 0)
    total = np.zeros(away.shape, dtype=np.float32)
    values = np.zeros(len(inside[0]), dtype=np.float32)
    groups = np.array_split(np.arange(len(layers.gland)), _LAYERS)
    for number, group in enumerate(groups):
        weight = (layers.gland[group] + 0.5 * layers.septa[group]).sum(axis=0) * np.float32(layers.step)
        texture = converge(base, view, detector, number, inside)
        values += enlarge(weight, COARSE // 2)[inside] * np.maximum(0.15, 1 + 0.27 * texture) + 0.10 * texture
    total[inside] = values
    return total


_GAIN = {"spiculated-mass": 1.5, "circumscribed-mass": 1.05, "axillary-node": 0.65, "architectural-distortion": 0.3}
"""Attenuation of a lesion's own substance against gland."""


def _around(
    lesion: Lesion, view: Compression, spacing: float, shape: tuple[int, ...]
) -> tuple[slice, slice, Field, Field, float]:
    """The lesion's part of an image: rows, columns, offsets (dp, dm) of each pixel in mm, and the centre's depth."""
    centre = view.from_breast(np.array([lesion.position], dtype=np.float32))
    size = int(np.ceil(1.9 * lesion.radius / spacing))
    row, column = (float(x) for x in view.pixels(centre, Detector(1, 1, spacing))[0])
    rows = slice(*(int(np.clip(round(row) + x, 0, shape[0])) for x in (-size, size + 1)))
    columns = slice(*(int(np.clip(round(column) + x, 0, shape[1])) for x in (-size, size + 1)))
    dm = ((row - np.arange(rows.start, rows.stop)) * spacing)[:, None].astype(np.float32)
    dp = ((np.arange(columns.start, columns.stop) - column) * spacing)[None, :].astype(np.float32)
    return rows, columns, dp, dm, float(centre[0, 2])


def add_mass(dense: Field, breast: Breast, lesion: Lesion, view: Compression, spacing: float) -> None:
    """Add a lesion's own substance; masses are stiff and keep their shape under the paddle."""
    if lesion.kind == "microcalcifications":
        return
    rows, columns, dp, dm, _ = _around(lesion, view, spacing, dense.shape)
    step = lesion.radius / 7
    dc = (np.arange(-13, 14) * step)[:, None, None]
    density = lesion_density(lesion, breast.woman.seed, *_offsets(view, dp, dm, dc))
    if lesion.kind == "axillary-node":
        density *= 1 - 0.75 * np.exp(-((dp + 0.3 * lesion.radius) ** 2 + dm**2) / (0.3 * lesion.radius**2))
    dense[rows, columns] += density.sum(axis=0) * np.float32(step * _GAIN[lesion.kind])


def mass_planes(
    breast: Breast, lesion: Lesion, view: Compression, *, spacing: float, shape: tuple[int, int], planes: int
) -> tuple[slice, slice, Field]:
    """(rows, columns, density in each plane) of a lesion, for images that show one plane at a time."""
    rows, columns, dp, dm, depth = _around(lesion, view, spacing, shape)
    dc = ((np.arange(planes) + 0.5) * (view.thickness / planes) - depth)[:, None, None]
    density = lesion_density(lesion, breast.woman.seed, *_offsets(view, dp, dm, dc))
    return rows, columns, density * np.float32(_GAIN[lesion.kind])


def _offsets(view: Compression, dp: Field, dm: Field, dc: Field) -> tuple[Field, Field, Field]:
    if view.view_position == "CC":
        return dp.astype(np.float32), dm.astype(np.float32), dc.astype(np.float32)
    angle = np.deg2rad(view.angle)
    dv, dw = np.cos(angle) * dc + np.sin(angle) * dm, np.cos(angle) * dm - np.sin(angle) * dc
    return dp.astype(np.float32), dv.astype(np.float32), dw.astype(np.float32)


def all_curves(breast: Breast, lesions: tuple[Lesion, ...]) -> list[tuple[Strands, float]]:
    """Every curve of a breast with its attenuation against gland."""
    found = [(strands.ligaments(breast), 0.9), (strands.ducts(breast), 0.8), (strands.vessels(breast), 0.85)]
    for lesion in lesions:
        if lesion.kind in {"spiculated-mass", "architectural-distortion"}:
            found.append((strands.spicules(breast, lesion), 1.1 if lesion.kind == "spiculated-mass" else 1.5))
        if lesion.kind == "microcalcifications":
            found.append((strands.calcifications(breast, lesion), _CALCIUM))
    return found


def curves(
    breast: Breast, view: Compression, shape: tuple[int, int], spacing: float, lesions: tuple[Lesion, ...]
) -> Field:
    """Millimetres of ligament, duct, vessel, spicule and calcification above each pixel.

    Thick ones are laid down at half the resolution: their rim is soft there too.
    """
    total = np.zeros(shape, dtype=np.float32)
    half = np.zeros((shape[0] // 2, shape[1] // 2), dtype=np.float32)
    for found, attenuation in all_curves(breast, lesions):
        thick = found.radius.max(axis=1) > 3 * spacing
        for chosen, canvas, step in ((~thick, total, spacing), (thick, half, 2 * spacing)):
            for group, times in strands.by_length(Strands(found.points[chosen], found.radius[chosen]), step):
                path, radius, length, _, weight = in_view(group, view, step, times)
                strands.draw(canvas, path, radius, length, spacing=step, weight=weight * np.float32(attenuation))
    total += double(half)
    return total


def in_view(found: Strands, view: Compression, spacing: float, times: int) -> tuple[Field, Field, Field, Field, Field]:
    """(rows and columns, radius, length, depth, weight) of curves, as they lie in the pressed breast.

    A long curve is pressed flat with the rest, so that it is seldom seen end-on; a grain (few steps) stays as it is.
    """
    points = strands.smooth(found.points, times)
    radius = strands.smooth(found.radius, times)
    places = view.from_breast(points)
    step = np.gradient(points, axis=1)
    if found.points.shape[1] > strands.GRAIN_STEPS:
        step = np.gradient(places, axis=1) * np.array([1, 1, 0.3], dtype=np.float32)
    length = np.linalg.norm(step, axis=2).astype(np.float32)
    weight = smoothstep(view.outline(places[..., 1]) - places[..., 0], 0.5, 4)
    return view.pixels(places, Detector(1, 1, spacing)), radius, length, places[..., 2], weight


def pectoral(view: Compression, p: Field, m: Field) -> Field:
    """The pectoral muscle of an MLO view: a bright wedge, convex, with fibres along its edge."""
    a = view.woman.half_width
    rng = generator(view.woman.seed, view.laterality, "pectoral")
    foot, head, width = -0.30 * a, 2.0 * a, 0.72 * a * rng.uniform(0.92, 1.06)
    along = np.clip((m - foot) / (head - foot), 0, 1.4)
    bend = power_law(rng, (m.shape[0],), (abs(float(m[1, 0] - m[0, 0])),), exponent=4, longest=120, shortest=8)
    edge = width * along**0.88 + 1.4 * bend[:, None] * np.sqrt(along)
    inward = edge - p
    body = smoothstep(inward, -1.0, 3.0) * (0.45 + 0.55 * smoothstep(inward, 0, 42)) * smoothstep(along, 0.0, 0.55)
    tilt = np.arctan2(width, head - foot)
    noise = power_law(rng, (p.shape[1] // 2 + 256, 512), (0.5, 0.5 / 5), exponent=3.0, longest=26, shortest=1.6)
    across, down = np.cos(tilt) * p - np.sin(tilt) * m, np.sin(tilt) * p + np.cos(tilt) * m
    rows = np.abs(across + 190 + 2.0 * bend[:, None]) / 0.5 % (noise.shape[0] - 1)
    columns = np.abs(down + 400) / 0.5 % (noise.shape[1] - 1)
    inside = np.nonzero(body > 0)
    result: Field = body * np.float32(13.0)
    sample = ndimage.map_coordinates(noise, np.stack([rows[inside], columns[inside]]), order=1, output=np.float32)
    result[inside] *= 1 + 0.06 * sample
    return result.astype(np.float32)


def present(image: Projection, view: Compression, how: Processing, key: str, columns: int) -> npt.NDArray[np.uint16]:
    """Pixels for presentation: peripheral equalisation, contrast by region, noise that grows with attenuation."""
    relative = np.clip(image.thickness / view.thickness, 0, 1)
    skin = image.thickness - view.pressed(image.away - np.float32(1.7)) * np.float32(1 - 3.4 / view.thickness)
    dense = image.dense + np.float32(0.36) * np.maximum(skin - np.float32(3.4), 0)
    level = how.fat * relative ** np.float32(0.28) + how.per_mm * dense / (1 + dense / 70)
    small = level
    for _ in range(3):
        small = halve(small)
    smooth = ndimage.gaussian_filter(small, 5.0)
    detail = small - smooth
    level += how.sharpen * _cover(enlarge(detail, 8), level.shape)
    deviation = how.noise * (0.72 + 0.028 * np.minimum(image.dense, 22)) * relative ** np.float32(0.3)
    noise = white(generator(key, view.laterality, view.view_position), level.shape)
    if how.noise_blur > 0:
        noise = ndimage.gaussian_filter(noise, how.noise_blur)
        noise /= noise.std()
    level += deviation * noise
    level *= smoothstep(image.away, -0.15, 0.25)
    return cells(level, image.away, how.bits, columns)


def cells(level: Field, away: Field, bits: int, columns: int) -> npt.NDArray[np.uint16]:
    """Whole numbers in a full matrix: nought around the breast and nowhere in it."""
    pixels = np.zeros((level.shape[0], columns), dtype=np.uint16)
    level += np.float32(0.5)
    np.maximum(level, away > 0, out=level)
    np.minimum(level, np.float32(2**bits - 1), out=level)
    pixels[:, : level.shape[1]] = level
    return pixels


def _cover(field: Field, shape: tuple[int, ...]) -> Field:
    """Bring an enlarged field to the matrix, repeating its last row and column where averaging lost one."""
    missing = [(0, max(0, n - have)) for n, have in zip(shape, field.shape, strict=True)]
    if any(after for _, after in missing):
        field = np.pad(field, missing, mode="edge")
    return field[: shape[0], : shape[1]]
