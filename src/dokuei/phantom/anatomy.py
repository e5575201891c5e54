"""One woman's breasts as fields and curves in her own millimetres, from which every modality takes its images.

Breast coordinates are (u, v, w) in millimetres: u from the chest wall forward, v lateral, w up, of the breast as it
hangs; the nipple is at (depth, 0, 0). Both breasts use the same axes, so left and right are mirror images by nature.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from dokuei.phantom.texture import Field, generator, power_law, ridge, smoothstep

Laterality = Literal["R", "L"]
LesionKind = Literal[
    "spiculated-mass", "circumscribed-mass", "microcalcifications", "architectural-distortion", "axillary-node"
]
Points = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Lesion:
    """What is to be found: ``position`` and ``radius`` in breast millimetres, ``clock`` as the reader says it."""

    name: str
    kind: LesionKind
    laterality: Laterality
    clock: float
    from_nipple: float
    depth: float
    radius: float
    category: str

    @property
    def position(self) -> tuple[float, float, float]:
        """(u, v, w): at 9 o'clock the right breast is lateral and the left one medial."""
        angle = np.deg2rad(self.clock * 30)
        lateral = np.sin(angle) * (1 if self.laterality == "L" else -1)
        return (self.depth, float(lateral * self.from_nipple), float(np.cos(angle) * self.from_nipple))

    def at(self, scale: float) -> "Lesion":
        """The same lesion smaller or larger, as in another year."""
        return replace(self, radius=self.radius * scale)


@dataclass(frozen=True)
class Woman:
    """Size and make-up of one woman's breasts: ``depth`` chest wall to nipple, ``half_width`` of the base, in mm.

    ``density`` goes from 0 (fat) to 1 (all gland).
    """

    seed: str
    depth: float
    half_width: float
    density: float
    lesions: tuple[Lesion, ...] = ()

    def on(self, laterality: Laterality) -> tuple[Lesion, ...]:
        """The lesions of one breast."""
        return tuple(lesion for lesion in self.lesions if lesion.laterality == laterality)


@dataclass(frozen=True)
class Breast:
    """One breast: ``gland`` and ``septa`` are fractions 0…1 on a grid of ``spacing`` mm that begins at ``origin``."""

    woman: Woman
    laterality: Laterality
    spacing: float
    origin: tuple[float, float, float]
    gland: Field = field(repr=False)
    septa: Field = field(repr=False)

    def index(self, points: Points) -> Points:
        """Grid indices of points (3, …) in breast millimetres."""
        origin = np.array(self.origin, dtype=np.float32).reshape((3,) + (1,) * (points.ndim - 1))
        indices: Points = (points - origin) / np.float32(self.spacing)
        return indices


def build(woman: Woman, laterality: Laterality, *, spacing: float) -> Breast:
    """Grow one breast: a cone of gland behind the nipple, broken by fat lobules and held by septa."""
    a, d = woman.half_width, woman.depth
    origin = (-2.0, -a, -a)
    shape = tuple(int(np.ceil(length / spacing)) // 4 * 4 + 4 for length in (d + 10, 2 * a, 2 * a))
    axes = [
        np.arange(n, dtype=np.float32) * np.float32(spacing) + np.float32(o) for n, o in zip(shape, origin, strict=True)
    ]
    u, v, w = axes[0][:, None, None], axes[1][None, :, None], axes[2][None, None, :]

    def noise(name: str, exponent: float, longest: float, shortest: float, stretch: float = 1.0) -> Field:
        rng = generator(woman.seed, laterality, name)
        steps = (spacing / stretch, spacing, spacing)
        return power_law(rng, shape, steps, exponent=exponent, longest=longest, shortest=shortest)

    extent = noise("extent", 3.6, 60, 7.0, 1.5)
    inside = _cone(u + 5 * extent, v, w, woman)
    envelope = smoothstep(inside + 0.22 * extent, 0.0, 0.13)
    lobules = noise("lobules", 2.8, 34, 6.5, 1.5) + 1.0 * noise("regions", 3.6, 80, 16.0, 1.3)
    share = 3.0 * (woman.density - 0.5)
    glandular = smoothstep(lobules, -share - 0.20, -share + 0.20)
    sheets = ridge(noise("sheets", 3.2, 30, 6.0, 1.7), 0.06)
    grain = np.clip(0.84 + 0.2 * noise("grain", 2.0, 9, 2.0, 1.8), 0.2, 1.3)
    cover = natural_height(woman, np.sqrt(v**2 + w**2)) - u
    gland = envelope * glandular * grain * smoothstep(cover, 2.5, 7)
    near = smoothstep(inside, -0.5, 0.15)
    septa = sheets * (0.05 + 0.75 * near) * (1 - 0.6 * gland.clip(0, 1)) * smoothstep(cover, 1.0, 3.0)
    nipple = np.sqrt(v**2 + w**2) + 2.2 * np.maximum(0, d - 4 - u)
    tip = (1 - smoothstep(nipple, 4.0, 6.0)) * (1 - smoothstep(u, d + 3.0, d + 6.0))
    gland = np.maximum(gland, 0.9 * tip)
    return Breast(woman, laterality, spacing, origin, gland.clip(0, 1), septa.clip(0, 1))


def natural_height(woman: Woman, away: Field) -> Field:
    """How far the skin stands from the chest wall so many mm from the nipple's axis, as the breast hangs."""
    q = np.clip(away / np.float32(woman.half_width), 0, 1)
    height: Field = np.float32(woman.depth) * (1 - q ** np.float32(1 / 0.55)) ** np.float32(1 / 2.2)
    return height


def _cone(u: Field, v: Field, w: Field, woman: Woman) -> Field:
    """Above nought inside the gland's body, which leans to the upper outer quadrant, as most do."""
    t = u / np.float32(woman.depth)
    widest = woman.half_width * (0.50 + 0.38 * woman.density)
    rise = np.sqrt(np.clip(1 - ((t - 0.42) / 0.64) ** 2, 1e-4, 1)) * smoothstep(t, -0.06, 0.28)
    centre_v, centre_w = 7 * (1 - t), 5 * (1 - t)
    dv, dw = v - centre_v, w - centre_w
    distance = np.sqrt(dv**2 + dw**2) + np.float32(1e-3)
    outward = (dv + dw) / (distance * np.float32(np.sqrt(2)))
    result: Field = (1 - distance / (widest * rise * (1 + 0.16 * outward) + 1e-3)).astype(np.float32)
    return result


def lesion_density(lesion: Lesion, seed: str, du: Field, dv: Field, dw: Field) -> Field:
    """How much of each place is the lesion (0…1), from offsets in mm to its centre; the margin tells its kind."""
    rng = generator(seed, lesion.name, "margin")
    calm = lesion.kind in {"circumscribed-mass", "axillary-node"}
    axes = np.array((1.22, 1.0, 0.82) if calm else (1.08, 1.0, 0.92), dtype=np.float32)
    rng.shuffle(axes)
    distance = np.sqrt((du / axes[0]) ** 2 + (dv / axes[1]) ** 2 + (dw / axes[2]) ** 2) + np.float32(1e-3)
    wave = np.zeros(distance.shape, dtype=np.float32)
    for frequency in (1.6, 2.6) if calm else (1.7, 2.7, 4.3, 6.6, 9.5):
        direction = rng.standard_normal(3)
        direction *= frequency / np.linalg.norm(direction)
        phase = (du * direction[0] + dv * direction[1] + dw * direction[2]) / distance
        share = np.float32((1.6 / frequency) ** 0.5)
        wave += share * np.cos(phase.astype(np.float32) + np.float32(rng.uniform(0, 6.3)))
    radius = lesion.radius * (1 + (0.035 if calm else 0.12) * wave)
    soft = 0.5 if calm else 0.24 * lesion.radius
    density: Field = 1 - smoothstep(distance - radius, -soft, soft)
    return density
