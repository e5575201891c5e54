"""The trunk behind the breasts, for MRI, CT and PET: sections of tissues painted over one another.

Coordinates are the patient's in mm (PS3.3 C.7.6.2.1.1): x to the left, y to the back, z to the head; y is 0 at the
front of the chest wall in the middle, z is 0 at the nipples.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dokuei.phantom import strands
from dokuei.phantom.anatomy import Breast, Laterality, Lesion, lesion_density
from dokuei.phantom.texture import Field, double, enlarge, generator, power_law, smoothstep

Tissue = Literal[
    "skin", "fat", "muscle", "rib", "marrow", "lung", "blood", "myocardium", "liver", "spleen", "stomach", "kidney",
    "air", "disc", "cord", "gland", "septa", "nipple", "lesion", "benign", "node", "vessel",
]  # fmt: skip
Layer = tuple[Tissue, Field]
_HALF_WIDTH, _HALF_DEPTH = 158.0, 104.0
_CENTRE_X, _VERTEBRA = 76.0, 21.0
_GRAIN = 4.0
"""Millimetres a sample of the noise that tissues share."""
_SQUARE = 2.25
"""Exponent of the trunk's outline: a little squarer than an ellipse."""
_ARCH, _PULMONARY, _CARINA, _ROOT, _XIPHOID, _DOMES = (34, 54), 26, 22, -2, -60, -80
"""Heights (z, mm) where the aortic arch is, and where pulmonary trunk, trachea, aorta, sternum and lungs end."""


@dataclass(frozen=True)
class Posture:
    """How a breast lies: how much of its depth is left, and how wide it spreads."""

    forward: float
    sideways: float


PRONE, SUPINE = Posture(1.0, 1.0), Posture(0.40, 1.16)


@dataclass(frozen=True)
class Trunk:
    """Both breasts on one chest, in one posture, with their vessels; ``grain`` is noise that tissues share."""

    breasts: dict[Laterality, Breast]
    posture: Posture
    lesions: tuple[Lesion, ...]
    grain: tuple[Field, Field]
    vessels: dict[Laterality, Field]

    @classmethod
    def of(cls, breasts: dict[Laterality, Breast], posture: Posture) -> "Trunk":
        """Put a woman's breasts on her chest."""
        woman = breasts["L"].woman
        fields = [
            power_law(
                generator(woman.seed, "trunk", name),
                (96, 112, 112),
                (_GRAIN,) * 3,
                exponent=3.0,
                longest=45,
                shortest=7,
            )
            for name in ("first", "second")
        ]
        vessels = {side: strands.stamp(breast, strands.vessels(breast)) for side, breast in breasts.items()}
        return cls(breasts, posture, woman.lesions, (fields[0], fields[1]), vessels)

    def chest(self, x: Field) -> Field:
        """Where the chest wall's front is at each x: it falls away to the sides."""
        bow = (1 - np.clip(np.abs(x) / np.float32(_HALF_WIDTH), 0, 0.985) ** _SQUARE) ** np.float32(1 / _SQUARE)
        result: Field = (_HALF_DEPTH * (1 - bow)).astype(np.float32)
        return result

    def to_breast(self, side: Laterality, x: Field, y: Field, z: float) -> tuple[Field, Field, Field]:
        """(u, v, w) of places on one side."""
        sign = 1 if side == "L" else -1
        u = (self.chest(x) - y) / self.posture.forward
        return u, (sign * x - _CENTRE_X) / self.posture.sideways, np.full_like(x, z / self.posture.sideways)

    def place(self, lesion: Lesion) -> tuple[float, float, float]:
        """A lesion's (x, y, z)."""
        u, v, w = lesion.position
        sign = 1 if lesion.laterality == "L" else -1
        x = sign * (_CENTRE_X + v * self.posture.sideways)
        y = float(self.chest(np.array([x], dtype=np.float32))[0]) - u * self.posture.forward
        return float(x), y, float(w * self.posture.sideways)

    def skin(self, z: float, x: Field, y: Field) -> Field:
        """Distance to the skin, negative inside: the trunk's, and the breasts' where they stand out."""
        body = _torso(z, x, y, -15)
        for side, breast in self.breasts.items():
            _, v, w = self.to_breast(side, x, x, z)
            away = np.sqrt(v**2 + w**2)
            out = np.maximum(self.chest(x) - y, 0) * np.float32(1 / self.posture.forward)
            shape = np.sqrt((out / breast.woman.depth) ** 2.2 + (away / breast.woman.half_width) ** (1 / 0.55)) + 1e-3
            reach = np.sqrt((out * self.posture.forward) ** 2 + (away * self.posture.sideways) ** 2)
            ahead = (reach * (1 - 1 / shape)).astype(np.float32)
            ahead -= 6 * np.exp(-((away / 5) ** 4)) * (out > breast.woman.depth / 2)
            body = _merge(body, np.maximum(ahead, y - 90), 20.0)
        return body

    def surface(self, z: float, x: Field, y: Field) -> list[Layer]:
        """Skin and fat in the plane at ``z``, in painting order: ``x`` a row, ``y`` a column."""
        pixel = float(x[0, 1] - x[0, 0])
        half_x, half_y = (x[:, 0::2] + x[:, 1::2]) * np.float32(0.5), (y[0::2] + y[1::2]) * np.float32(0.5)
        body = double(self.skin(z, half_x, half_y))
        return [("skin", cover(body, pixel)), ("fat", cover(body + 1.9, pixel))]

    def inner(self, z: float, x: Field, y: Field) -> list[Layer]:
        """Chest wall and organs in the plane at ``z``, to be painted over the fat."""
        pixel = float(x[0, 1] - x[0, 0])
        waves = (self.noise(0, z, x, y), self.noise(1, z, x, y))
        bent = x + 1.5 * waves[1], y + 1.5 * waves[0]
        return _chest_wall(z, *bent, pixel, waves[0]) + _inside(z, *bent, pixel, waves)

    def breast(self, z: float, x: Field, y: Field) -> list[Layer]:
        """Gland, septa and lesions in the plane at ``z``, to be painted last."""
        return _breast_layers(self, z, x, y) + _lesion_layers(self, z, x, y)

    def noise(self, which: int, z: float, x: Field, y: Field) -> Field:
        """A shared noise field in the plane at ``z``."""
        field = self.grain[which]
        k = (z + 250) / _GRAIN % (field.shape[0] - 1)
        low, share = int(k), np.float32(k - int(k))
        plane = field[low] * (1 - share) + field[low + 1] * share
        factor = 4 if y.shape[0] % 4 == 0 and x.shape[1] % 4 == 0 else 1
        rows = (y[:, 0].reshape(-1, factor).mean(axis=1) + 140) / _GRAIN % (field.shape[1] - 1)
        columns = (x[0].reshape(-1, factor).mean(axis=1) + 200) / _GRAIN % (field.shape[2] - 1)
        grid = np.meshgrid(rows, columns, indexing="ij")
        result: Field = ndimage.map_coordinates(plane, grid, order=1, output=np.float32)
        return enlarge(result, factor)


def paint(layers: list[Layer], maps: Field, table: dict[Tissue, npt.NDArray[np.float32]]) -> None:
    """Lay tissues over one another: ``maps`` (channels, rows, columns), ``table`` each tissue's value a channel."""
    for tissue, alpha in layers:
        rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
        if len(rows):
            block = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            part, kept = alpha[block], 1 - alpha[block]
            for channel, value in zip(maps, table[tissue], strict=False):
                channel[block] *= kept
                if value:
                    channel[block] += part * value


def cover(distance: npt.NDArray[np.floating], pixel: float) -> Field:
    """How much of a pixel is inside, from the distance to a border (negative inside)."""
    result: Field = np.clip(0.5 - distance / pixel, 0, 1).astype(np.float32)
    return result


def ellipse(x: Field, y: Field, centre: tuple[float, float], radii: tuple[float, float], power: float = 2.0) -> Field:
    """Distance to an ellipse's border, to first order."""
    q = (np.abs((x - centre[0]) / radii[0]) ** power + np.abs((y - centre[1]) / radii[1]) ** power) ** (1 / power)
    result: Field = ((q - 1) * min(radii)).astype(np.float32)
    return result


def _torso(z: float, x: Field, y: Field, inset: float) -> Field:
    waist = 1 - 0.10 * float(np.clip((-z - 90) / 160, 0, 1)) + 0.03 * float(np.clip(z / 120, 0, 1))
    radii = (_HALF_WIDTH * waist - inset, _HALF_DEPTH - inset)
    return ellipse(x, y, (0, _HALF_DEPTH), radii, _SQUARE)


def _merge(a: Field, b: Field, width: float) -> Field:
    """The union of two bodies, rounded where they meet."""
    h = np.clip(0.5 + (b - a) * np.float32(0.5 / width), 0, 1)
    result: Field = b + (a - b) * h - np.float32(width) * h * (1 - h)
    return result


def _breast_layers(trunk: Trunk, z: float, x: Field, y: Field) -> list[Layer]:
    found = np.zeros((3, y.shape[0], x.shape[1]), np.float32)
    top, bottom = (int(np.searchsorted(y[:, 0], edge)) for edge in (-135.0, 70.0))
    for side, breast in trunk.breasts.items():
        half = (x[0] >= 0) if side == "L" else (x[0] < 0)
        across = np.broadcast_to(x[:, half], (bottom - top, int(half.sum())))
        along = np.broadcast_to(y[top:bottom], across.shape)
        u, v, w = trunk.to_breast(side, across, along, z)
        near = np.nonzero((u > 0) & (u < breast.woman.depth + 9) & (v**2 + w**2 < (breast.woman.half_width * 1.1) ** 2))
        index = breast.index(np.stack([u[near], v[near], w[near]]))
        part = np.zeros(across.shape, dtype=np.float32)
        for target, field in zip(found, (breast.gland, breast.septa, trunk.vessels[side]), strict=True):
            part[near] = ndimage.map_coordinates(field, index, order=1, output=np.float32)
            target[top:bottom, half] = part
    return [("septa", np.minimum(found[1], 0.8)), ("gland", found[0]), ("vessel", found[2])]


def _chest_wall(z: float, x: Field, y: Field, pixel: float, streak: Field) -> list[Layer]:
    axilla = float(np.clip((z - 50) / 40, 0, 1)) * smoothstep(np.abs(x), 105, 140) * smoothstep(-y, -95, -60)
    wall = _torso(z, x, y, 3) + 9 * axilla
    muscle = cover(wall, pixel)
    muscle *= 1 - 0.55 * smoothstep(streak, 0.9, 1.6) * smoothstep(-wall, 2, 9)
    pleura = _torso(z, x, y, 20)
    ring = cover(np.abs(pleura - 5.0) - 4.6, pixel)
    around = np.arctan2(np.abs(x), _HALF_DEPTH * 1.75 - y)
    descent = z + 95 * (1 - around / np.pi) + 0.10 * np.abs(x)
    place = np.abs(descent % 27 - 13.5)
    spine = smoothstep(np.abs(x), 8, 24)
    rib = ring * cover(place - 6.2, 2.0) * spine
    marrow = cover(np.abs(pleura - 5.0) - 3.0, pixel) * cover(place - 4.6, 2.0) * spine
    sternum = cover(ellipse(x, y, (0, 11), (17, 6)), pixel) * float(z > _XIPHOID)
    core = cover(ellipse(x, y, (0, 11), (15, 4.2)), pixel) * float(z > _XIPHOID)
    return [("muscle", muscle), ("rib", rib), ("marrow", marrow), ("rib", sternum), ("marrow", core)]


def _inside(z: float, x: Field, y: Field, pixel: float, noise: tuple[Field, Field]) -> list[Layer]:
    cavity = _torso(z, x, y, 21)
    right = -88 - ((x + 62) ** 2 + (y - 112) ** 2) / 120
    left = -102 - ((x - 62) ** 2 + (y - 112) ** 2) / 120
    dome = np.where(x < 0, right, left)
    below = cover(z - dome, 2.5)
    soft = cover(cavity, pixel)
    waves = noise[1]
    middle = np.abs(x - 4) - (21 + 9 * np.cos(y / 34) + 3 * waves)
    vessels = np.exp(-(noise[0] ** 2 + waves**2) / 0.035).astype(np.float32)
    lung = soft * (1 - below) * cover(-middle, pixel)
    return [
        ("fat", soft),
        ("lung", lung),
        ("vessel", lung * vessels),
        *_heart(z, x, y, pixel, 1 - below),
        *((tissue, alpha * soft * below) for tissue, alpha in _abdomen(z, x, y, pixel, waves)),
        *_spine(z, x, y, pixel),
    ]


def _heart(z: float, x: Field, y: Field, pixel: float, above: Field) -> list[Layer]:
    layers: list[Layer] = []
    size = 1 - ((z + 42) / 56) ** 2
    if size > 0:
        k = float(np.sqrt(size))
        muscle = cover(ellipse(x, y, (26, 66), (56 * k, 45 * k)), pixel) * above
        layers.append(("myocardium", muscle))
        for cx, cy, rx, ry in ((44, 74, 21, 19), (14, 48, 28, 13), (-12, 70, 16, 19), (14, 96, 24, 11)):
            layers.append(("blood", cover(ellipse(x, y, (cx, cy), (rx * k, ry * k)), pixel) * above))
    layers.append(("blood", cover(ellipse(x, y, (24, 148), (11.5, 11.5)), pixel)))
    if z > _ROOT:
        arch = float(np.clip((z - 34) / 10, 0, 1))
        layers.append(("blood", cover(ellipse(x, y, (-14, 66), (15, 15)), pixel) * (1 - arch)))
        layers.append(("blood", cover(ellipse(x, y, (-34, 84), (9, 8)), pixel)))
        layers.append(("blood", cover(ellipse(x, y, (18, 76), (14, 13)), pixel) * float(z < _PULMONARY)))
        apart = max(0.0, _CARINA - z) * 0.6
        trachea = [(-10 - apart, 108.0), (10 + apart, 108.0)] if apart else [(0.0, 106.0)]
        layers += [("air", cover(ellipse(x, y, at, (8, 7.5)), pixel)) for at in trachea]
        if _ARCH[0] < z < _ARCH[1]:
            layers.append(("blood", cover(ellipse(x, y, (4, 96 - 24 * (1 - abs(z - 44) / 10)), (34, 12)), pixel)))
    layers.append(("muscle", cover(ellipse(x, y, (6, 128), (7, 5)), pixel)))
    return layers


def _abdomen(z: float, x: Field, y: Field, pixel: float, waves: Field) -> list[Layer]:
    if z > _DOMES:
        return []
    shrink = 1 - 0.5 * float(np.clip((-z - 160) / 110, 0, 1))
    liver = cover(ellipse(x, y, (-58, 88), (92 * shrink, 74), 2.4) + 3 * waves, pixel)
    long, wide = (max(1 - ((z - middle) / half) ** 2, 1e-3) ** 0.5 for middle, half in ((-158, 56), (-140, 78)))
    spleen = cover(ellipse(x, y, (92, 142), (28 * long, 42 * long)) + 2 * waves, pixel)
    stomach = cover(ellipse(x, y, (62, 62), (44 * wide, 34 * wide)) + 2 * waves, pixel)
    bubble = cover(ellipse(x, y, (62, 44), (30, 14)), pixel) * stomach
    layers: list[Layer] = [
        ("liver", liver),
        ("vessel", liver * smoothstep(waves, 1.6, 1.8)),
        ("spleen", spleen),
        ("stomach", stomach),
    ]
    layers.append(("air", bubble))
    bowel = smoothstep(waves, -0.5, -0.2) * cover(20 - x, 6.0) * float(np.clip((-z - 140) / 30, 0, 1))
    layers.insert(0, ("stomach", bowel))
    for cx in (-62, 62):
        k = 1 - ((z + 235) / 55) ** 2
        if k > 0:
            layers.append(("kidney", cover(ellipse(x, y, (cx, 150), (27 * k**0.5, 30 * k**0.5)), pixel)))
            layers.append(("fat", cover(ellipse(x, y, (cx * 0.86, 146), (9 * k**0.5, 9 * k**0.5)), pixel)))
    return layers


def _spine(z: float, x: Field, y: Field, pixel: float) -> list[Layer]:
    gap = abs((z + 300) % 26 - 13)
    body = ellipse(x, y, (0, 158), (19, 16))
    disc = float(gap > _VERTEBRA / 2)
    canal = ellipse(x, y, (0, 184), (10, 9))
    arch = np.minimum(np.abs(canal) - 3.0, ellipse(x, y, (0, 204), (3.2, 15)))
    arch = np.minimum(arch, ellipse(x, np.abs(y - 182 + 0.15 * np.abs(x)), (0, 0), (36, 4.5)))
    return [
        ("muscle", cover(ellipse(x, y, (27, 192), (20, 19)), pixel)),
        ("muscle", cover(ellipse(x, y, (-27, 192), (20, 19)), pixel)),
        ("rib", cover(body, pixel) * (1 - disc)),
        ("marrow", cover(body + 1.8, pixel) * (1 - disc)),
        ("disc", cover(body, pixel) * disc),
        ("rib", cover(arch, pixel) * (1 - 0.7 * disc)),
        ("fat", cover(canal, pixel)),
        ("cord", cover(canal + 3, pixel)),
    ]


def _lesion_layers(trunk: Trunk, z: float, x: Field, y: Field) -> list[Layer]:
    layers: list[Layer] = []
    names: dict[str, Tissue] = {"circumscribed-mass": "benign", "axillary-node": "node"}
    for lesion in trunk.lesions:
        cx, cy, cz = trunk.place(lesion)
        if lesion.kind in {"microcalcifications", "architectural-distortion"} or abs(z - cz) > 1.9 * lesion.radius:
            continue
        sign = 1 if lesion.laterality == "L" else -1
        alpha = np.zeros((y.shape[0], x.shape[1]), dtype=np.float32)
        rows = np.nonzero(np.abs(y[:, 0] - cy) < 1.9 * lesion.radius)[0]
        columns = np.nonzero(np.abs(x[0] - cx) < 1.9 * lesion.radius)[0]
        block = np.ix_(rows, columns)
        du = np.broadcast_to(cy - y[rows], (len(rows), len(columns)))
        dv = np.broadcast_to(sign * (x[:, columns] - cx), du.shape)
        seed = trunk.breasts[lesion.laterality].woman.seed
        alpha[block] = lesion_density(lesion, seed, du, dv, np.full_like(dv, z - cz))
        layers.append((names.get(lesion.kind, "lesion"), alpha))
    return layers
