"""What a check of a line found, as tables."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from rich.table import Table

from dokuei.line.measured import Measured

if TYPE_CHECKING:
    from dokuei.gateway.line_tables import LineRow

_MEGABIT: Final = 1e6
_KINDS: Final = {
    "mammography": "mammogram, 4 views",
    "mammography_priors": "mammogram with priors",
    "tomosynthesis": "tomosynthesis",
    "mri": "MRI",
    "ultrasound": "ultrasound",
    "pet_ct": "PET/CT",
}
_VERDICTS: Final = {"fit": "fit", "prefetch": "fit with prefetch", "unfit": "NOT FIT"}


def shown(measured: Measured) -> Table:
    """Each figure with its unit."""
    table = Table(show_header=False, box=None)
    table.add_column()
    table.add_column(justify="right")
    for name, value in _figures(measured):
        table.add_row(name, value)
    return table


def verdict_table(kinds: Iterable[tuple[str, str, float]]) -> Table:
    """Kind of study, verdict, and seconds until a large one is whole."""
    table = Table()
    table.add_column("study")
    table.add_column("verdict")
    table.add_column("whole (large study)", justify="right")
    for kind, verdict, seconds in kinds:
        table.add_row(_KINDS.get(kind, kind), _VERDICTS.get(verdict, verdict), f"{seconds:.1f} s")
    return table


def history_table(rows: "Sequence[LineRow]") -> Table:
    """One check a row."""
    table = Table()
    for heading in ("at", "down Mbit/s", "up Mbit/s", "round trip ms", "loaded ms", "loss", "verdict"):
        table.add_column(heading, justify="left" if heading in {"at", "verdict"} else "right")
    for row in rows:
        measured = row.measured
        table.add_row(
            row.verdict.at.isoformat(timespec="minutes"),
            _mega(measured.down_bits),
            _mega(measured.up_bits),
            f"{measured.round_trip_ms:.0f}",
            f"{measured.round_trip_loaded_ms:.0f}",
            _percent(measured.loss),
            _VERDICTS.get(row.verdict.verdict, row.verdict.verdict),
        )
    return table


def _figures(measured: Measured) -> list[tuple[str, str]]:
    return [
        ("down", f"{_mega(measured.down_bits)} Mbit/s"),
        ("up", f"{_mega(measured.up_bits)} Mbit/s"),
        ("round trip", f"{measured.round_trip_ms:.1f} ms"),
        ("round trip, line full", f"{measured.round_trip_loaded_ms:.1f} ms"),
        ("jitter", f"{measured.jitter_ms:.1f} ms"),
        ("loss", _percent(measured.loss)),
        ("path MTU", "not known" if measured.path_mtu is None else f"{measured.path_mtu} bytes"),
    ]


def _mega(bits: float) -> str:
    return f"{bits / _MEGABIT:.1f}"


def _percent(share: float | None) -> str:
    return "not known" if share is None else f"{share * 100:.2f} %"
