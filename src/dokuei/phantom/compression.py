"""The breast between paddle and detector: where each place goes, and what of it lies above each pixel."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from scipy import ndimage

from dokuei.phantom.anatomy import Breast, Points, Woman
from dokuei.phantom.texture import Field, generator, smoothstep

ViewPosition = Literal["CC", "MLO"]
_TABLE, _TABLE_STEP = 400.0, 0.25
"""Millimetres above and below the nipple, and between two entries, of the outline's table."""


@dataclass(frozen=True)
class Detector:
    """A vendor's matrix: ``spacing`` in mm."""

    rows: int
    columns: int
    spacing: float

    def coarser(self, factor: int) -> "Detector":
        """The same area in pixels ``factor`` times as large, covering every last one."""
        return Detector(-(-self.rows // factor), -(-self.columns // factor), self.spacing * factor)


@dataclass(frozen=True)
class Compression:
    """One view of one breast; positions are (p, m, c) in mm: from the chest wall edge, up from the nipple, depth.

    ``c`` runs from the detector (0) to the paddle (``thickness``). Every image is laid out as a left breast; the
    right one is mirrored when it is written.
    """

    woman: Woman
    laterality: Literal["R", "L"]
    view_position: ViewPosition
    thickness: float
    nipple_row: float
    angle: float = 47.0

    @property
    def lost(self) -> float:
        """Millimetres at the chest wall that do not reach the detector."""
        return 3.0 if self.view_position == "CC" else -4.0

    @property
    def stretch(self) -> tuple[float, float]:
        """How far the breast spreads forward and sideways when it is pressed."""
        return (1.34 * self._size, 1.14 * self._size)

    @cached_property
    def _size(self) -> float:
        """No woman's breasts are equal."""
        return float(generator(self.woman.seed, self.laterality, "size").uniform(0.955, 1.045))

    @property
    def reach(self) -> float:
        """From the chest wall edge to the nipple's base."""
        return (self.woman.depth - self.lost) * self.stretch[0]

    def outline(self, m: Field) -> Field:
        """The skin's distance from the chest wall edge at each height."""
        return np.interp(m, self._heights, self._edge[0]).astype(np.float32)

    def away(self, p: Field, m: Field) -> Field:
        """Millimetres to the skin, to first order; below nought outside."""
        slope = np.interp(m, self._heights, self._edge[1]).astype(np.float32)
        result: Field = (self.outline(m) - p) / np.sqrt(1 + np.minimum(slope * slope, np.float32(30)))
        return result

    @property
    def _heights(self) -> Field:
        return np.arange(-_TABLE, _TABLE, _TABLE_STEP, dtype=np.float32)

    @cached_property
    def _edge(self) -> tuple[Field, Field]:
        """The outline and its slope as a table: rounded, so that breast and belly meet without a corner."""
        m = self._heights
        rng = generator(self.woman.seed, self.laterality, self.view_position, "outline")
        edge = self._cranial(m) if self.view_position == "CC" else self._oblique(m)
        edge = ndimage.gaussian_filter1d(edge, 4.0 / _TABLE_STEP)
        calm = smoothstep(edge, 2, 20)
        for wavelength, size in ((90, 1.1), (47, 0.5), (23, 0.16)):
            edge = edge + size * calm * np.cos(2 * np.pi * m / wavelength + rng.uniform(0, 6.3))
        tall, wide, lean = rng.uniform(4.5, 6.5), rng.uniform(4.6, 5.6), rng.uniform(-1.5, 1.5)
        edge = edge + tall * np.exp(-((np.abs(m - lean) / wide) ** 3.0)) + 2.2 * np.exp(-((m / 13) ** 2))
        return edge.astype(np.float32), np.gradient(edge, _TABLE_STEP).astype(np.float32)

    def _cranial(self, m: Field) -> Field:
        left = 1 - (np.abs(m) / (1.36 * self._size * self.woman.half_width)) ** 2.35
        half: Field = (np.sign(left) * np.abs(left) ** 0.60).astype(np.float32)
        return self.reach * half

    def _oblique(self, m: Field) -> Field:
        a, reach = self.woman.half_width * self._size, self.reach
        up, down = np.maximum(m, 0), np.maximum(-m, 0)
        top = 0.66 * reach
        upper = top + (reach - top) * 0.5 * (1 + np.cos(np.pi * np.clip(up / (2.0 * a), 0, 1)))
        lower = reach * np.clip(1 - (down / (1.16 * a)) ** 2.3, 0, 1) ** 0.58
        lower = np.sqrt(lower**2 + (0.26 * a * smoothstep(down, 0.6 * a, 1.3 * a)) ** 2)
        result: Field = np.where(m > 0, upper, lower).astype(np.float32)
        return result

    def pressed(self, away: Field) -> Field:
        """Thickness at a distance from the skin; the rim is round, as paddles leave it."""
        short = 1 - np.clip(away * np.float32(1 / (0.62 * self.thickness)), 0, 1)
        result: Field = np.float32(self.thickness) * np.sqrt(1 - short * short)
        return result

    def half_height(self, u: Field, m: Field) -> Field:
        """Half the natural breast's height along the direction of compression."""
        a = self.woman.half_width
        t = np.clip(u / self.woman.depth, 0, 1)
        section = a * (1 - t**2.2) ** 0.55
        result: Field = np.sqrt(np.maximum(section**2 - m**2, 0) + (0.2 * a) ** 2).astype(np.float32)
        return result

    def to_breast(self, p: Field, m: Field, c: Field, thickness: Field) -> Points:
        """(u, v, w) of places in the view; ``thickness`` is what the breast has there."""
        u = self.lost + p / self.stretch[0]
        across = m / self.stretch[1]
        along = (c - self.thickness / 2) / (thickness / 2 + 1e-3) * self.half_height(u, across)
        sin, cos = self._turn()
        return np.stack(np.broadcast_arrays(u, cos * along + sin * across, cos * across - sin * along)).astype(
            np.float32
        )

    def from_breast(self, points: Points) -> Points:
        """(p, m, c) of places (…, 3) in the breast, stacked along the last axis."""
        u, v, w = points[..., 0], points[..., 1], points[..., 2]
        sin, cos = self._turn()
        across: Field = (sin * v + cos * w).astype(np.float32)
        along: Field = (cos * v - sin * w).astype(np.float32)
        p, m = (u - self.lost) * np.float32(self.stretch[0]), across * np.float32(self.stretch[1])
        t = self.pressed(self.away(p, m).clip(0.5, None))
        c = self.thickness / 2 + along / self.half_height(u, across) * t / 2
        return np.stack([p, m, c.clip(0, self.thickness)], axis=-1).astype(np.float32)

    def _turn(self) -> tuple[float, float]:
        """Sine and cosine that take (v, w) to the view's axes: up is lateral in CC, upper outer in MLO."""
        if self.view_position == "CC":
            return 1.0, 0.0
        angle = np.deg2rad(self.angle)
        return float(np.sin(angle)), float(np.cos(angle))

    def plane(self, detector: Detector) -> tuple[Field, Field]:
        """(p, m) of each pixel's centre, as a row and a column."""
        p = ((np.arange(detector.columns) + 0.5) * detector.spacing).astype(np.float32)[None, :]
        m = (self.nipple_row - (np.arange(detector.rows) + 0.5) * detector.spacing).astype(np.float32)[:, None]
        return p, m

    def columns(self, detector: Detector) -> int:
        """How many columns hold any breast, in whole blocks of the coarsest grid."""
        rows = self.nipple_row - np.array([0, detector.rows * detector.spacing])
        seen = (self._heights > rows[1]) & (self._heights < rows[0])
        widest = float(self._edge[0][seen].max()) + 1.0
        return min(detector.columns, int(np.ceil(widest / detector.spacing / 32)) * 32)

    def pixels(self, places: Points, detector: Detector) -> Points:
        """(row, column) indices of (p, m, …) places."""
        row = (self.nipple_row - places[..., 1]) / detector.spacing - 0.5
        return np.stack([row, places[..., 0] / detector.spacing - 0.5], axis=-1).astype(np.float32)


@dataclass(frozen=True)
class Slab:
    """Gland and septa of the compressed breast: (planes, rows, columns), each plane ``step`` mm thick."""

    gland: Field
    septa: Field
    step: float
    thickness: Field
    away: Field


def slab(breast: Breast, view: Compression, detector: Detector, planes: int) -> Slab:
    """Lay the breast's fields into the view's planes, only where there is breast."""
    p, m = view.plane(detector)
    away = view.away(p, m)
    thickness = view.pressed(away)
    where = np.nonzero(away > -0.5 * detector.spacing)
    step = view.thickness / planes
    shape = (planes, detector.rows, detector.columns)
    gland, septa = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    t = thickness[where]
    for k in range(planes):
        depth = np.float32((k + 0.5) * step)
        points = view.to_breast(p[0, where[1]], m[where[0], 0], np.full_like(t, depth), t)
        index = breast.index(points)
        share = np.clip((t / 2 - np.abs(depth - view.thickness / 2)) / step + 0.5, 0, 1)
        gland[k][where] = ndimage.map_coordinates(breast.gland, index, order=1, output=np.float32) * share
        septa[k][where] = ndimage.map_coordinates(breast.septa, index, order=1, output=np.float32) * share
    return Slab(gland, septa, step, thickness, away)
