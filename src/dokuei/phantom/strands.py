"""Ligaments, vessels, ducts and spicules: curves in breast millimetres, too thin for any grid of voxels."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from dokuei.phantom.anatomy import Breast, Lesion, natural_height
from dokuei.phantom.texture import Field, generator

Array = npt.NDArray[np.float32]
_UNDER_SKIN = 3.0
"""Millimetres that a vessel stays below the skin's surface."""
GRAIN_STEPS = 8
"""Steps of the shortest curves: grains of calcium, which no paddle bends."""


@dataclass(frozen=True)
class Strands:
    """Curves as ``points`` (curves, steps, 3) in mm with ``radius`` (curves, steps) in mm."""

    points: Array
    radius: Array


def _walk(
    rng: np.random.Generator, start: Array, heading: Array, lengths: Array, *, steps: int, wander: float
) -> Array:
    """Smooth random paths: the heading drifts, so that a path bends without a kink."""
    count = len(start)
    drift = rng.standard_normal((count, steps, 3)).astype(np.float32)
    for i in range(1, steps):
        drift[:, i] += np.float32(0.9) * drift[:, i - 1]
    turn = np.cumsum(drift, axis=1) * np.float32(wander / steps**0.5)
    direction = heading[:, None, :] + turn
    direction /= np.linalg.norm(direction, axis=2, keepdims=True)
    path = np.cumsum(direction, axis=1) * (lengths / steps)[:, None, None]
    result: Array = (start[:, None, :] + path).astype(np.float32)
    return result


def _taper(radius: Array, steps: int) -> Array:
    t = np.linspace(0, 1, steps, dtype=np.float32)
    result: Array = radius[:, None] * (0.25 + 0.75 * np.sqrt(np.sin(np.pi * t).clip(0)))[None, :]
    return result


def ligaments(breast: Breast, count: int = 1300, reach: float = 1.0) -> Strands:
    """Cooper's ligaments and the fine fibres of the fat: short, thin, mostly toward the nipple."""
    woman = breast.woman
    rng = generator(woman.seed, breast.laterality, "ligaments")
    a, d = woman.half_width * 1.05 * reach, woman.depth
    start = rng.uniform((-6, -a, -a), (d * 0.95, a, a * 1.5), (count, 3)).astype(np.float32)
    toward = np.array([d * 1.05, 0, 0], dtype=np.float32) - start
    toward /= np.linalg.norm(toward, axis=1, keepdims=True)
    heading = toward + 0.55 * rng.standard_normal((count, 3)).astype(np.float32)
    lengths = rng.gamma(3.0, 7.0, count).astype(np.float32) + 6
    radius = np.exp(rng.normal(np.log(0.19), 0.5, count)).astype(np.float32)
    return Strands(_walk(rng, start, heading, lengths, steps=24, wander=0.06), _taper(radius, 24))


def ducts(breast: Breast, count: int = 16) -> Strands:
    """The milk ducts, which meet behind the nipple."""
    woman = breast.woman
    rng = generator(woman.seed, breast.laterality, "ducts")
    angle = rng.uniform(0, 2 * np.pi, count)
    spread = rng.uniform(0.15, 0.75, count)
    heading = np.stack([-np.ones(count), spread * np.cos(angle), spread * np.sin(angle)], 1).astype(np.float32)
    start = np.tile(np.array([woman.depth - 3, 0, 0], dtype=np.float32), (count, 1))
    lengths = rng.uniform(25, 60, count).astype(np.float32)
    path = _walk(rng, start, heading, lengths, steps=32, wander=0.2)
    t = np.linspace(1, 0.35, 32, dtype=np.float32)
    radius: Array = rng.uniform(0.35, 0.75, count).astype(np.float32)[:, None] * t[None, :]
    return Strands(path, radius)


def vessels(breast: Breast, count: int = 7) -> Strands:
    """Veins and arteries under the skin and along the gland, each with branches that leave it smoothly."""
    woman = breast.woman
    rng = generator(woman.seed, breast.laterality, "vessels")
    a, d = woman.half_width, woman.depth
    side = rng.uniform(-0.9, 0.9, (count, 2)) * a * 0.8
    start = np.column_stack([rng.uniform(-2, 14, count), side[:, 0], np.abs(side[:, 1]) * 0.7 + 8]).astype(np.float32)
    toward = np.array([d * 0.9, 0, -6], dtype=np.float32) - start
    heading = (toward / np.linalg.norm(toward, axis=1, keepdims=True)).astype(np.float32)
    heading += 0.25 * rng.standard_normal((count, 3)).astype(np.float32)
    lengths = rng.uniform(0.6, 1.05, count).astype(np.float32) * np.float32(d)
    trunk = _walk(rng, start, heading, lengths, steps=48, wander=0.22)
    size = rng.uniform(0.5, 1.25, count).astype(np.float32)
    fall = np.linspace(1, 0.3, 48, dtype=np.float32) * np.clip(np.linspace(0.2, 8, 48, dtype=np.float32), 0, 1)
    paths, radii = [trunk], [size[:, None] * fall[None, :]]
    for at in (12, 20, 29, 36):
        step = trunk[:, at] - trunk[:, at - 1]
        step /= np.linalg.norm(step, axis=1, keepdims=True)
        away = step + 0.55 * rng.standard_normal((count, 3)).astype(np.float32)
        branch = rng.uniform(15, 40, count).astype(np.float32)
        paths.append(_walk(rng, trunk[:, at], away.astype(np.float32), branch, steps=48, wander=0.25))
        radii.append((size * fall[at] * 0.6)[:, None] * fall[None, :])
    return Strands(np.concatenate(paths), np.concatenate(radii).astype(np.float32))


def spicules(breast: Breast, lesion: Lesion) -> Strands:
    """The pulled-in fibres about a spiculated mass or a distortion: straight, from the centre out, thinning."""
    rng = generator(breast.woman.seed, lesion.name, "spicules")
    mass = lesion.kind == "spiculated-mass"
    count = 120 if mass else 110
    heading = rng.standard_normal((count, 3)).astype(np.float32)
    heading /= np.linalg.norm(heading, axis=1, keepdims=True)
    centre = np.array(lesion.position, dtype=np.float32)
    inner = rng.uniform(0.3, 0.75, count) if mass else rng.uniform(0.02, 0.75, count)
    aside = rng.standard_normal((count, 3)) * (0.06 if mass else 0.13) * lesion.radius
    start = (centre + heading * (inner * lesion.radius)[:, None] + aside).astype(np.float32)
    lengths = (lesion.radius * rng.gamma(3.5, 0.52 if mass else 0.45, count)).astype(np.float32)
    thick = np.exp(rng.normal(np.log(0.46), 0.42, count)).astype(np.float32).clip(0.14, 1.1)
    t = np.linspace(1, 0.12, 24, dtype=np.float32) * np.linspace(0.1, 4, 24, dtype=np.float32).clip(0, 1)
    return Strands(_walk(rng, start, heading, lengths, steps=24, wander=0.13), thick[:, None] * t[None, :])


def calcifications(breast: Breast, lesion: Lesion, count: int = 38) -> Strands:
    """A cluster of fine pleomorphic and short linear grains, more of them in the middle, along a segment."""
    rng = generator(breast.woman.seed, lesion.name, "calcifications")
    centre = np.array(lesion.position, dtype=np.float32)
    spread = np.array([1.0, 0.62, 0.62], dtype=np.float32) * np.float32(lesion.radius * 0.5)
    start = centre + rng.standard_normal((count, 3)).astype(np.float32) * spread
    heading = rng.standard_normal((count, 3)).astype(np.float32) + np.array([1.2, 0, 0], dtype=np.float32)
    lengths = np.exp(rng.normal(np.log(0.28), 0.55, count)).astype(np.float32)
    radius = np.exp(rng.normal(np.log(0.13), 0.3, count)).astype(np.float32)
    path = _walk(rng, start.astype(np.float32), heading, lengths, steps=GRAIN_STEPS, wander=0.7)
    rough = rng.uniform(0.6, 1.2, (count, GRAIN_STEPS)).astype(np.float32)
    return Strands(path, radius[:, None] * rough)


def stamp(breast: Breast, found: Strands) -> Field:
    """How much of each voxel of a breast's grid curves fill (0…1), for images made from voxels alone."""
    rng = generator(breast.woman.seed, breast.laterality, "stamp")
    points, radius = smooth(found.points, 3), smooth(found.radius, 3)
    length = np.linalg.norm(np.gradient(points, axis=1), axis=2)
    copies = 24
    away = rng.standard_normal((copies, *points.shape)).astype(np.float32)
    away *= (radius * np.float32(0.55))[None, :, :, None]
    volume = np.pi * radius**2 * length / (breast.spacing**3 * copies)
    index = np.rint(breast.index(np.moveaxis(points[None] + away, -1, 0))).astype(np.int64)
    shape = breast.gland.shape
    inside = np.all([(index[axis] >= 0) & (index[axis] < shape[axis]) for axis in range(3)], axis=0)
    under = natural_height(breast.woman, np.hypot(points[..., 1], points[..., 2])) - points[..., 0]
    inside &= under > _UNDER_SKIN
    flat = np.ravel_multi_index([index[axis][inside] for axis in range(3)], shape)
    share = np.broadcast_to(volume, inside.shape)[inside]
    filled = np.bincount(flat, share, minlength=breast.gland.size).reshape(shape)
    result: Field = ndimage.gaussian_filter(filled.astype(np.float32), 0.5).clip(0, 1)
    return result


def by_length(found: Strands, spacing: float) -> list[tuple[Strands, int]]:
    """The curves in groups, each with how often its steps must be halved to be about a pixel long."""
    way = np.linalg.norm(np.diff(found.points, axis=1), axis=2).max(axis=1) * 1.3 / spacing
    times = np.clip(np.ceil(np.log2(np.maximum(way, 1))), 0, 8).astype(int)
    return [(Strands(found.points[times == n], found.radius[times == n]), int(n)) for n in np.unique(times)]


def smooth(points: Array, times: int) -> Array:
    """Points twice as dense ``times`` times, rounded as a quadratic spline (axis 1)."""
    for _ in range(times):
        first, last = points[:, :1], points[:, -1:]
        left, right = points[:, :-1], points[:, 1:]
        middle = np.stack([0.75 * left + 0.25 * right, 0.25 * left + 0.75 * right], axis=2)
        middle = middle.reshape(points.shape[0], -1, *points.shape[2:])
        points = np.concatenate([first, middle, last], axis=1)
    return points


def draw(canvas: Array, path: Array, radius: Array, length: Array, *, spacing: float, weight: Array) -> None:
    """Add to ``canvas`` the thickness in mm along the beam of tubes seen from above.

    ``path`` (curves, steps, 2) are rows and columns, ``radius`` (curves, steps) and ``length`` (curves, steps; each
    step's way) in mm, ``weight`` (curves, steps) the attenuation. Each step lays down its volume over the chord of
    its circle.
    """
    tangent = np.gradient(path, axis=1)
    norm = np.linalg.norm(tangent, axis=2, keepdims=True) + np.float32(1e-6)
    normal = np.stack([-tangent[..., 1], tangent[..., 0]], axis=2) / norm
    volume = weight * radius**2 * length * np.float32(np.pi / spacing**2)
    pixels = radius / np.float32(spacing)
    lines = np.clip(np.ceil(pixels.max(axis=1) / 0.9).astype(int) * 2 - 1, 1, 61)
    for n in np.unique(lines):
        chosen = lines == n
        offsets = ((np.arange(n) + 0.5) / n * 2 - 1 if n > 1 else np.zeros(1)).astype(np.float32)
        chord = np.sqrt(1 - offsets**2)
        chord /= chord.sum()
        reach = normal[chosen] * pixels[chosen][..., None]
        at = path[chosen][:, :, None, :] + reach[:, :, None, :] * offsets[:, None]
        _splat(canvas, at.reshape(-1, 2), (volume[chosen][:, :, None] * chord).ravel())


def _splat(canvas: Array, at: Array, amount: Array) -> None:
    rows, columns = canvas.shape
    total = canvas.reshape(-1)
    inside = (at[:, 0] > 0) & (at[:, 0] < rows - 1) & (at[:, 1] > 0) & (at[:, 1] < columns - 1) & (amount > 0)
    at, amount = at[inside], amount[inside]
    corner = at.astype(np.int32)
    part = at - corner.astype(np.float32)
    base = corner[:, 0] * np.int64(columns) + corner[:, 1]
    lower = amount * part[:, 0]
    upper = amount - lower
    for start, share in ((0, upper), (columns, lower)):
        right = share * part[:, 1]
        np.add.at(total, base + start, share - right)
        np.add.at(total, base + (start + 1), right)
