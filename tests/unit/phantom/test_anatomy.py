import numpy as np
import pytest

from dokuei.phantom.anatomy import Breast, Lesion, Woman, build, lesion_density, natural_height

WOMAN = Woman("test", 80, 68, 0.4)


@pytest.fixture(scope="module")
def breast() -> Breast:
    return build(WOMAN, "L", spacing=2.5)


def _lesion(kind: str = "circumscribed-mass", laterality: str = "L", clock: float = 3.0) -> Lesion:
    return Lesion("x", kind, laterality, clock, 30, 40, 8, "2")  # type: ignore[arg-type] # names from parametrize


@pytest.mark.parametrize(
    ("laterality", "clock", "lateral", "up"),
    [("L", 3, 30, 0), ("R", 9, 30, 0), ("L", 9, -30, 0), ("R", 3, -30, 0), ("L", 12, 0, 30), ("R", 6, 0, -30)],
)
def test_clock_positions_mirror_between_the_breasts(laterality: str, clock: float, lateral: float, up: float) -> None:
    assert _lesion(laterality=laterality, clock=clock).position == pytest.approx((40, lateral, up), abs=1e-9)


def test_same_seed_grows_the_same_breast_and_sides_differ(breast: Breast) -> None:
    again = build(WOMAN, "L", spacing=2.5)

    assert np.array_equal(breast.gland, again.gland)
    assert not np.array_equal(breast.gland, build(WOMAN, "R", spacing=2.5).gland)


def test_fractions_are_fractions_and_gland_stays_under_the_skin(breast: Breast) -> None:
    assert float(breast.gland.min()) >= 0
    assert float(breast.gland.max()) <= 1
    u, v, w = (np.arange(n) * breast.spacing + o for n, o in zip(breast.gland.shape, breast.origin, strict=True))
    away = np.hypot(v[None, :, None], w[None, None, :]).astype(np.float32)
    outside = (u[:, None, None] > natural_height(WOMAN, away) + 1) & (away > 8)
    assert float(breast.gland[outside].max()) == 0


def test_denser_woman_has_more_gland(breast: Breast) -> None:
    fatty = build(Woman("test", 80, 68, 0.2), "L", spacing=2.5)

    assert float(fatty.gland.mean()) < 0.6 * float(breast.gland.mean())


def test_index_turns_millimetres_into_grid_places(breast: Breast) -> None:
    points = np.array(breast.origin, dtype=np.float32)[:, None] + np.float32(2 * breast.spacing)

    assert breast.index(points)[:, 0] == pytest.approx([2, 2, 2])


@pytest.mark.parametrize("kind", ["spiculated-mass", "circumscribed-mass", "axillary-node"])
def test_lesion_is_dense_in_its_middle_and_about_as_large_as_it_says(kind: str) -> None:
    axis = np.arange(-20, 20.5, 0.5, dtype=np.float32)
    du, dv, dw = (a.astype(np.float32) for a in np.meshgrid(axis, axis, axis, indexing="ij"))

    density = lesion_density(_lesion(kind), "seed", du, dv, dw)

    assert density[40, 40, 40] == 1
    assert density[0, 40, 40] == 0
    volume = float(density.sum()) * 0.5**3
    assert volume == pytest.approx(4 / 3 * np.pi * 8**3, rel=0.3)
