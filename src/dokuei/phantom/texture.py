"""Random fields with the statistics of tissue: seeded, so that the same case is the same bytes."""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import fft

Field = npt.NDArray[np.float32]


def generator(*key: int | str) -> np.random.Generator:
    """A generator of its own for each purpose, so that adding one field never shifts the others."""
    digest = hashlib.sha256("/".join(map(str, key)).encode()).digest()
    words = np.frombuffer(digest, dtype="<u4")
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence([int(word) for word in words])))


def white(rng: np.random.Generator, shape: Sequence[int]) -> Field:
    """Unit white noise, as quanta and amplifiers give it."""
    return rng.standard_normal(tuple(shape), dtype=np.float32)


def soft(rng: np.random.Generator, shape: tuple[int, int]) -> Field:
    """Unit noise that neighbours share, as reconstruction leaves it: cheaper than any filter."""
    raw = white(rng, (shape[0] + 1, shape[1] + 1))
    down = raw[1:] + raw[:-1]
    result: Field = (down[:, 1:] + down[:, :-1]) * np.float32(0.5)
    return result


def power_law(
    rng: np.random.Generator,
    shape: Sequence[int],
    spacing: Sequence[float],
    *,
    exponent: float,
    longest: float,
    shortest: float = 0.0,
) -> Field:
    """Zero mean, unit deviation noise whose power falls with frequency, as that of breast tissue does.

    ``spacing`` is millimetres a sample along each axis (a larger one squeezes the structures along it);
    ``longest`` and ``shortest`` are the wavelengths in millimetres between which the law holds.
    """
    half = (*shape[:-1], shape[-1] // 2 + 1)
    squared = np.zeros(half, dtype=np.float32)
    for axis, (count, step) in enumerate(zip(shape, spacing, strict=True)):
        last = axis == len(shape) - 1
        frequency = fft.rfftfreq(count, step) if last else fft.fftfreq(count, step)
        squared += (frequency.astype(np.float32) ** 2).reshape([-1 if i == axis else 1 for i in range(len(shape))])
    gain = (squared + np.float32(1 / longest**2)) ** np.float32(-exponent / 4)
    if shortest > 0:
        gain *= np.exp(-squared * np.float32(2 * shortest**2))
    gain.flat[0] = 0
    spectrum = np.empty(half, dtype=np.complex64)
    spectrum.real = white(rng, half)
    spectrum.imag = white(rng, half)
    spectrum *= gain
    field: Field = fft.irfftn(spectrum, s=tuple(shape), overwrite_x=True).astype(np.float32, copy=False)
    return field / np.float32(field.std())


def ridge(field: Field, width: float) -> Field:
    """One on the zero crossings of a field and none away from them: sheets in a volume, strands in a plane."""
    result: Field = np.exp(-np.square(field * np.float32(1 / width)))
    return result


def smoothstep(field: Field, low: float, high: float) -> Field:
    """Nought below, one above, without a corner between."""
    t = np.clip((field - np.float32(low)) * np.float32(1 / (high - low)), 0, 1)
    result: Field = t * t * (3 - 2 * t)
    return result


def double(field: Field) -> Field:
    """Twice the samples along both last axes, as a quadratic spline (bilinear leaves creases that the eye finds)."""
    for axis in (-2, -1):
        field = double_axis(field, axis)
    return field


def double_axis(field: Field, axis: int) -> Field:
    """Twice the samples along one axis."""
    before = np.moveaxis(field, axis, 0)
    shape = list(field.shape)
    shape[axis] *= 2
    target = np.empty(shape, dtype=np.float32)
    after = np.moveaxis(target, axis, 0)
    three_quarters = before * np.float32(0.75)
    quarter = before * np.float32(0.25)
    after[0::2] = three_quarters
    after[2::2] += quarter[:-1]
    after[0] += quarter[0]
    after[1::2] = three_quarters
    after[1:-1:2] += quarter[1:]
    after[-1] += quarter[-1]
    return target


def enlarge(field: Field, factor: int) -> Field:
    """``factor`` times the samples (a power of two)."""
    while factor > 1:
        field = double(field)
        factor //= 2
    return field


def halve(field: Field) -> Field:
    """Half the samples along both last axes, by averaging."""
    rows, columns = field.shape[-2] // 2 * 2, field.shape[-1] // 2 * 2
    field = field[..., :rows, :columns]
    total = field[..., 0::2, 0::2] + field[..., 1::2, 0::2] + field[..., 0::2, 1::2] + field[..., 1::2, 1::2]
    return total * np.float32(0.25)
