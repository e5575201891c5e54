"""The figures of ``docs/bench.json`` as tables, written between two marks of ``docs/bench.md``."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

_BEGIN, _END = "<!-- figures -->", "<!-- end of figures -->"


def write(page: Path, figures: dict[str, Any]) -> None:
    """Replace what stands between the marks; the words around them are written by people."""
    before, rest = page.read_text().split(_BEGIN)
    after = rest.split(_END)[1]
    parts = [_part(name, figures[name]) for name in _TABLES if name in figures]
    page.write_text(f"{before}{_BEGIN}\n{''.join(parts)}\n{_END}{after}")


def _part(name: str, part: dict[str, Any]) -> str:
    title, table = _TABLES[name]
    how = f"`{part['figures']['command']}`, {part['at'][:10]}, {part['machine']}"
    short = " A short look, not the full run." if part["quick"] else ""
    return f"\n### {title}\n\n{how}.{short}\n\n{''.join(table(part['figures']))}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _ingest(found: dict[str, Any]) -> Iterable[str]:
    yield "Images a second up to the acknowledgement, our fsync on; medians.\n\n"
    yield _table(
        [
            "sent",
            "associations",
            "sender's sockets",
            "dokuei",
            "Orthanc",
            "times Orthanc",
            "storescp that keeps nothing",
        ],
        (
            [
                one["work"]["name"],
                one["work"]["associations"],
                "TCP_NODELAY" if one["work"]["nodelay"] else "default",
                one["dokuei"],
                one["orthanc"],
                one["ratio"],
                one["nothing_kept"],
            ]
            for one in found["figures"]
        ),
    )


def _serving(found: dict[str, Any]) -> Iterable[str]:
    yield "Frames a second and the 95th percentile in ms, each server with what it stored.\n\n"
    yield _table(
        ["connections", "dokuei", "Orthanc", "nginx, plain files", "our HTTP server, bare, plain files"],
        (
            [connections, *(f"{row[name]['per_second']} ({row[name]['p95_ms']})" for name in row)]
            for connections, row in found["frames"].items()
        ),
    )
    yield "\nThe same frames of ours without and with protection.\n\n"
    ways = found["frames_by_protection"]
    yield _table(
        ["connections", *ways],
        (
            [
                connections,
                *(f"{ways[way][connections]['per_second']} ({ways[way][connections]['p95_ms']})" for way in ways),
            ]
            for connections in found["frames"]
        ),
    )
    yield "\nSearches over 2,000 studies, 95th percentile in ms.\n\n"
    yield _table(
        ["query", "dokuei", "Orthanc"],
        ([query, row["dokuei"]["p95_ms"], row["orthanc"]["p95_ms"]] for query, row in found["search"].items()),
    )
    yield "\nMetadata of 1,500 instances, and a frame of a 60-frame tomosynthesis.\n\n"
    metadata, dbt = found["metadata"], found["tomosynthesis"]
    yield _table(
        ["", "dokuei", "Orthanc"],
        (
            ["metadata, the first time, s", *(metadata[name]["first_s"] for name in metadata)],
            ["metadata, again, s", *(metadata[name]["best_s"] for name in metadata)],
            ["metadata, bytes", *(metadata[name]["bytes"] for name in metadata)],
            ["first frame, ms", *(dbt[name]["first_ms"] for name in dbt)],
            ["more frames, 95th percentile, ms", *(dbt[name]["p95_ms"] for name in dbt)],
        ),
    )
    yield f"\nThe readers' process held {found['dokuei_memory_MB']} MB at most.\n\n"
    yield _table(["goal", "met"], ([goal, "yes" if met else "**no**"] for goal, met in found["goals"].items()))


def _whole_way(found: dict[str, Any]) -> Iterable[str]:
    yield f"{found['images']} images.\n\n"
    yield _table(
        ["acknowledged, s", "proved at the hub, s", "gateway, MB", "hub, MB", "source bytes", "stored bytes", "ratio"],
        (
            [
                one["acknowledged_s"],
                one["proved_at_hub_s"],
                one["peak_mb"]["gateway"],
                one["peak_mb"]["hub"],
                one["bytes"]["source"],
                one["bytes"]["stored"],
                one["bytes"]["ratio"],
            ]
            for one in found["rounds"]
        ),
    )


def _growth(found: dict[str, Any]) -> Iterable[str]:
    dbt, peak = found["tomosynthesis"], found["peak_mb"]
    yield f"{found['what'].capitalize()}. Resident MB, every process of a program added up.\n\n"
    after = found["after_each_study_mb"]
    yield _table(
        ["", "gateway", "hub"],
        (
            [f"peak over {dbt['source_bytes'] // 1_000_000} MB in one object", *dbt["peak_mb"].values()],
            ["peak over the studies", peak["gateway"], peak["hub"]],
            *([f"after study {number}", one["gateway"], one["hub"]] for number, one in enumerate(after, 1)),
        ),
    )


def _headers(found: dict[str, Any]) -> Iterable[str]:
    yield f"{found['what'].capitalize()}.\n\n"
    yield _table(
        ["", "dokuei", "pydicom"],
        ([name, row["dokuei_ms"], row["pydicom_ms"]] for name, row in found["rows"].items()),
    )


def _people(found: dict[str, Any]) -> Iterable[str]:
    yield f"{found['requests']:,} requests, {found['people']} people at the pace of their pages: {found['answers']:,}"
    yield f" answers, {found['not_answered']} refused; 95th percentile of all {found['p95_ms']} ms, of the slowest kind"
    yield f" {found['slowest_p95_ms']} ms (goal {found['goal_ms']:.0f}).\n\n"
    yield _table(
        ["question", "asked", "median, ms", "95th percentile, ms", "longest, ms", "most bytes on the line"],
        (
            [row["what"], row["count"], row["median_ms"], row["p95_ms"], row["most_ms"], row["most_bytes"]]
            for row in found["rows"]
        ),
    )
    yield f"\nThe readers' process held {found['hub_mb']} MB at most.\n"


_TABLES: dict[str, tuple[str, Callable[[dict[str, Any]], Iterable[str]]]] = {
    "ingest": ("Ingest", _ingest),
    "serving": ("Serving", _serving),
    "whole_way": ("The whole way", _whole_way),
    "growth": ("Memory", _growth),
    "headers": ("Headers", _headers),
    "people": ("People at work", _people),
}
