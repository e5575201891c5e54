"""Breast tomosynthesis: planes through the pressed breast, each sharp where it is and blurred where it is not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dokuei.phantom import strands
from dokuei.phantom.anatomy import Breast, Lesion
from dokuei.phantom.compression import Compression, Detector, slab
from dokuei.phantom.mammogram import (
    COARSE,
    all_curves,
    cells,
    converge,
    fibre_base,
    in_view,
    mass_planes,
    pectoral,
)
from dokuei.phantom.strands import Strands
from dokuei.phantom.texture import Field, double, enlarge, generator, halve, smoothstep, soft

_KEYS = 4.0
"""Millimetres from one independent texture to the next; planes between are mixed from two."""
_FOCUS = 1.7
"""Standard deviation in mm of how far from its plane a thin thing still shows."""


@dataclass(frozen=True)
class _Curve:
    """Curves of one attenuation as they lie in the view, with each step's depth."""

    path: Field
    radius: Field
    length: Field
    depth: Field
    weight: Field


@dataclass(frozen=True)
class Tomosynthesis:
    """All that the planes of one view share: fields on coarser grids, textures, and curves."""

    view: Compression
    detector: Detector
    planes: int
    levels: Field
    constant: Field
    edge: Field
    textures: npt.NDArray[np.float16]
    curves: tuple[_Curve, ...]
    masses: tuple[tuple[slice, slice, Field], ...]

    @property
    def step(self) -> float:
        """Millimetres between planes."""
        return self.view.thickness / self.planes


def prepare(
    breast: Breast, view: Compression, detector: Detector, planes: int, lesions: tuple[Lesion, ...]
) -> Tomosynthesis:
    """Lay the breast into planes: gland from voxels, textures for each few millimetres, curves with their depths."""
    cropped = replace(detector, columns=view.columns(detector))
    coarse, fine = cropped.coarser(COARSE), cropped.coarser(2)
    layers = slab(breast, view, coarse, planes)
    step = view.thickness / planes
    field = layers.gland + 0.6 * layers.septa
    sharp = ndimage.gaussian_filter1d(field, 0.9 / step, axis=0)
    swept = ndimage.gaussian_filter1d(field.mean(axis=0), 5.0 / coarse.spacing, axis=0)
    levels = 210 * sharp + 260 * swept
    shape = (coarse.rows * COARSE // 2, coarse.columns * COARSE // 2)
    grid = Detector(shape[0], shape[1], fine.spacing)
    p, m = view.plane(grid)
    away = view.away(p, m)
    inside = np.nonzero(away > 0)
    keys = int(np.ceil(view.thickness / _KEYS)) + 2
    base = fibre_base((view.woman.seed, view.laterality, view.view_position, "planes"), grid)
    textures = np.zeros((keys, *shape), dtype=np.float16)
    for key in range(keys):
        textures[key][inside] = converge(base, view, grid, key, inside)
    constant = _constant(breast, view, grid, lesions)
    found = tuple(_placed(breast, view, detector.spacing, lesions))
    masses = tuple(
        mass_planes(breast, lesion, view, spacing=fine.spacing, shape=shape, planes=planes)
        for lesion in lesions
        if lesion.kind not in {"microcalcifications", "axillary-node"}
    )
    return Tomosynthesis(
        view, detector, planes, levels, constant, double(smoothstep(away, -0.2, 0.3)), textures, found, masses
    )


def _constant(breast: Breast, view: Compression, grid: Detector, lesions: tuple[Lesion, ...]) -> Field:
    """What every plane shows alike: the level of fat, the muscle, the skin's rim, and thin things out of focus."""
    p, m = view.plane(grid)
    away = view.away(p, m)
    relative = view.pressed(away) / np.float32(view.thickness)
    level = 300 * relative ** np.float32(0.22) + 75 * np.exp(-np.square((away - 1.0) / 1.1))
    if view.view_position == "MLO":
        level += 13 * pectoral(view, p, m)
    total = np.zeros(level.shape, dtype=np.float32)
    for curve in _placed(breast, view, grid.spacing, lesions):
        strands.draw(total, curve.path, curve.radius, curve.length, spacing=grid.spacing, weight=curve.weight)
    blurred = ndimage.gaussian_filter1d(halve(total), 4.0 / (2 * grid.spacing), axis=0)
    result: Field = level + 14 * double(blurred)[: level.shape[0], : level.shape[1]]
    return result


def _placed(breast: Breast, view: Compression, spacing: float, lesions: tuple[Lesion, ...]) -> Iterator[_Curve]:
    for found, attenuation in all_curves(breast, lesions):
        for group, times in strands.by_length(found, spacing):
            ordered = np.argsort(group.points[:, :, 1].mean(axis=1))
            sorted_group = Strands(group.points[ordered], group.radius[ordered])
            path, radius, length, depth, weight = in_view(sorted_group, view, spacing, times)
            yield _Curve(path, radius, length, depth, weight * np.float32(attenuation))


def plane(tomo: Tomosynthesis, number: int) -> npt.NDArray[np.uint16]:
    """The pixels of plane ``number`` (0 at the detector), ten bits, as a left breast."""
    depth = (number + 0.5) * tomo.step
    place = depth / _KEYS
    key, share = int(place), np.float32(place - int(place))
    mix = np.float32(1 / np.sqrt(share**2 + (1 - share) ** 2))
    texture = (tomo.textures[key] * ((1 - share) * mix) + tomo.textures[key + 1] * (share * mix)).astype(np.float32)
    level = enlarge(tomo.levels[number], COARSE // 2)
    level *= np.maximum(0.1, 1 + 0.38 * texture)
    level += tomo.constant
    level += 5 * texture
    for block_rows, block_columns, density in tomo.masses:
        level[block_rows, block_columns] += 185 * density[number]
    level = double(level)
    _add_in_focus(tomo, depth, level)
    rng = generator(tomo.view.woman.seed, tomo.view.laterality, tomo.view.view_position, "plane", number)
    level += 12 * soft(rng, (level.shape[0], level.shape[1]))
    level *= tomo.edge
    rows = tomo.detector.rows
    return cells(level[:rows], tomo.edge[:rows], 10, tomo.detector.columns)


def _add_in_focus(tomo: Tomosynthesis, depth: float, level: Field) -> None:
    for curve in tomo.curves:
        far = np.abs(curve.depth - np.float32(depth))
        near = far.min(axis=1) < 3 * _FOCUS
        if near.any():
            weight = curve.weight[near] * (60 * np.exp(-0.5 * np.square(far[near] / np.float32(_FOCUS))))
            weight[weight < 1] = 0
            parts = (curve.path[near], curve.radius[near], curve.length[near])
            strands.draw(level, *parts, spacing=tomo.detector.spacing, weight=weight)
