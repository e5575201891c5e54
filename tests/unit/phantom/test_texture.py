import numpy as np
import pytest

from dokuei.phantom.texture import double, enlarge, generator, halve, power_law, ridge, smoothstep, soft, white


def test_equal_keys_give_equal_numbers_and_other_keys_give_others() -> None:
    assert np.array_equal(white(generator("a", 1), (8, 8)), white(generator("a", 1), (8, 8)))
    assert not np.array_equal(white(generator("a", 1), (8, 8)), white(generator("a", 2), (8, 8)))


def test_power_law_has_unit_deviation_and_falls_with_frequency() -> None:
    field = power_law(generator("power"), (256, 256), (0.5, 0.5), exponent=3.0, longest=40)

    spectrum = np.abs(np.fft.fft2(field)) ** 2
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(256, 0.5), np.fft.fftfreq(256, 0.5)))
    low = spectrum[(frequency > 0.08) & (frequency < 0.12)].mean()
    high = spectrum[(frequency > 0.32) & (frequency < 0.48)].mean()

    assert field.dtype == np.float32
    assert abs(float(field.std()) - 1) < 1e-3
    assert np.log(low / high) / np.log(4) == pytest.approx(3.0, abs=0.3)


def test_shortest_wavelength_takes_away_what_is_finer() -> None:
    rough = power_law(generator("s"), (128, 128), (1.0, 1.0), exponent=2.0, longest=50)
    calm = power_law(generator("s"), (128, 128), (1.0, 1.0), exponent=2.0, longest=50, shortest=8)

    assert np.abs(np.diff(calm, axis=0)).mean() < 0.5 * np.abs(np.diff(rough, axis=0)).mean()


def test_doubling_keeps_place_and_mean() -> None:
    row = np.arange(16, dtype=np.float32)
    field = np.tile(row, (16, 1))

    large = double(field)

    assert large.shape == (32, 32)
    assert large[8, 4:28] == pytest.approx((np.arange(4, 28) + 0.5) / 2 - 0.5)
    assert float(large.mean()) == pytest.approx(float(field.mean()), abs=0.02)


def test_enlarging_and_halving_bring_a_smooth_field_back() -> None:
    field = power_law(generator("e"), (64, 64), (1.0, 1.0), exponent=4.0, longest=60, shortest=12)

    back = halve(enlarge(field, 2))

    assert back == pytest.approx(field, abs=0.15)


def test_ridge_marks_zero_crossings_and_smoothstep_has_no_corner() -> None:
    line = np.linspace(-1, 1, 201, dtype=np.float32)

    assert int(np.argmax(ridge(line, 0.1))) == 100
    step = smoothstep(line, -0.5, 0.5)
    assert (step[0], step[-1]) == (0, 1)
    assert np.abs(np.diff(step, 2)).max() < 1e-2


def test_soft_noise_is_shared_by_neighbours_and_has_unit_deviation() -> None:
    noise = soft(generator("soft"), (200, 200))

    assert float(noise.std()) == pytest.approx(1, abs=0.02)
    assert float(np.mean(noise[:, 1:] * noise[:, :-1])) == pytest.approx(0.5, abs=0.03)
