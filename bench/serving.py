"""DICOMweb beside Orthanc and nginx in one run: frames, metadata, searches, a tomosynthesis frame.

    python bench/serving.py [--quick] [--json FILE]

Every server serves what it stored: our hub .202 frames, Orthanc the native frames that it was given, nginx our .202
frames as plain files (the ceiling), and so does the bare HTTP server that carries our hub. One client thread on the
same machine; rounds alternate between the servers.
"""

import argparse
import gzip
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import web_servers as servers
from bench.web_client import Measured, Target, get, load
from bench.web_data import DBT_PATH, MRI_STUDY, QUICK, Sizes, make, mri_paths

_STORED = {"Accept": "application/octet-stream; transfer-syntax=*"}
_STORED_PARTS = {"Accept": 'multipart/related; type="application/octet-stream"; transfer-syntax=*'}
_JSON = {"Accept": "application/dicom+json", "Accept-Encoding": "gzip"}
_CONNECTIONS = (1, 8, 32)
_FRAMES = {1: 600, 8: 1500, 32: 1500}
_SLOW_FRAMES = {1: 100, 8: 200, 32: 200}


def run(*, quick: bool = False) -> dict[str, Any]:
    """Measure all; for ``bench/run.py``."""
    sizes = QUICK if quick else Sizes()
    rounds = 1 if quick else 3
    with tempfile.TemporaryDirectory(prefix="dokuei-serving-") as name, ExitStack() as stack:
        base = Path(name)
        print("making and storing the studies", flush=True)
        sources = make(base / "source", sizes)
        home = base / "home"
        found: dict[str, Any] = {
            "what": "DICOMweb, each server with what it stored; medians of rounds in one run",
            "command": "python bench/serving.py" + (" --quick" if quick else ""),
            "filling": servers.fill_dokuei(home, sources),
        }
        plain = base / "nginx"
        servers.write_plain_files(home, plain / "root", sizes)
        orthanc = stack.enter_context(servers.orthanc(base / "orthanc"))
        servers.fill_orthanc(orthanc, sources)
        on_files = {
            "nginx": stack.enter_context(servers.nginx(plain)).target,
            "bare": stack.enter_context(servers.bare(plain)).target,
        }
        with servers.dokuei(home) as ours:
            found["tomosynthesis"] = _tomosynthesis(ours.target, orthanc.target, sizes)
            found["metadata"] = _metadata(ours.target, orthanc.target)
            found["search"] = _searches(ours.target, orthanc.target, sizes, rounds)
            found["frames"] = _frames(ours.target, orthanc.target, on_files, sizes, rounds)
            found["dokuei_memory_MB"] = ours.memory()
        found["frames_by_protection"] = _protection(home, sizes, rounds)
    found["goals"] = _goals(found)
    return found


def _frames(ours: Target, orthanc: Target, on_files: dict[str, Target], sizes: Sizes, rounds: int) -> dict[str, Any]:
    paths = [f"{path}/frames/1" for path in mri_paths(sizes)]
    table: dict[str, Any] = {}
    for connections in _CONNECTIONS:
        measured: dict[str, list[Measured]] = {name: [] for name in ("dokuei", "orthanc", *on_files)}
        for number in range(rounds):
            picked = random.Random(number).choices(paths, k=_FRAMES[connections])  # noqa: S311 - a workload
            few = picked[: _SLOW_FRAMES[connections]]
            measured["dokuei"].append(load(ours, picked, _STORED, connections=connections))
            measured["orthanc"].append(load(orthanc, few, _STORED_PARTS, connections=connections))
            for name, target in on_files.items():
                measured[name].append(load(target, picked, {}, connections=connections))
        table[str(connections)] = {name: _row(several) for name, several in measured.items()}
        print(f"frames, {connections} connections: {table[str(connections)]}", flush=True)
    return table


def _row(several: list[Measured]) -> dict[str, float]:
    return {
        "per_second": round(statistics.median(one.per_second for one in several), 1),
        "p50_ms": round(statistics.median(one.percentile(50) for one in several), 2),
        "p95_ms": round(statistics.median(one.percentile(95) for one in several), 2),
        "bytes_per_frame": round(several[0].size / len(several[0].latencies)),
    }


def _protection(home: Path, sizes: Sizes, rounds: int) -> dict[str, Any]:
    """What a token and TLS cost: the same frames without sign-in, with a token, and with both."""
    paths = [f"{path}/frames/1" for path in mri_paths(sizes)]
    ways: dict[str, dict[str, bool]] = {
        "no sign-in, no TLS": {"sign_in": False},
        "token": {},
        "token and TLS": {"tls": True},
    }
    table: dict[str, Any] = {}
    for name, how in ways.items():
        with servers.dokuei(home, **how) as running:
            get(running.target, paths[0], _STORED)
            table[name] = {
                str(connections): _row(
                    [load(running.target, paths[: _FRAMES[1]], _STORED, connections=connections) for _ in range(rounds)]
                )
                for connections in _CONNECTIONS
            }
        print(f"{name}: {table[name]}", flush=True)
    return table


def _metadata(ours: Target, orthanc: Target) -> dict[str, Any]:
    """All attributes of every object of the MRI: the first time and the best of three more."""
    table = {}
    for name, target in (("dokuei", ours), ("orthanc", orthanc)):
        answers = [get(target, f"/studies/{MRI_STUDY}/metadata", _JSON) for _ in range(4)]
        status, body, first = answers[0]
        if status != 200:
            raise SystemExit(f"metadata: {name} answered {status}")
        text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        table[name] = {
            "instances": len(json.loads(text)),
            "first_s": round(first, 3),
            "best_s": round(min(seconds for _, _, seconds in answers[1:]), 3),
            "bytes": len(body),
        }
    print(f"metadata: {table}", flush=True)
    return table


def _queries(sizes: Sizes) -> dict[str, Callable[[int], str]]:
    last = sizes.small_studies - 1
    return {
        "limit=100": lambda _: "/studies?limit=100",
        "PatientID": lambda n: f"/studies?PatientID=T{n * 37 % last:06d}",
        "AccessionNumber": lambda n: f"/studies?AccessionNumber=ACC{n * 41 % last:06d}",
        "StudyDate range": lambda _: "/studies?StudyDate=20260301-20260420&limit=100",
        "ModalitiesInStudy": lambda _: "/studies?ModalitiesInStudy=MG&limit=100",
        "PatientName wildcard": lambda n: f"/studies?PatientName=*{n % 100:02d}*&limit=100",
        "includefield=all": lambda _: "/studies?includefield=all&limit=100",
        "instances of a series": lambda _: f"/studies/{MRI_STUDY}/series/{MRI_STUDY}.1/instances",
    }


def _searches(ours: Target, orthanc: Target, sizes: Sizes, rounds: int) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for query, path in _queries(sizes).items():
        measured: dict[str, list[Measured]] = {"dokuei": [], "orthanc": []}
        paths = [path(n) for n in range(20 if query.startswith("instances") else 60)]
        for _ in range(rounds):
            for name, target in (("dokuei", ours), ("orthanc", orthanc)):
                measured[name].append(load(target, paths, _JSON, connections=1))
        table[query] = {
            name: {key: row[key] for key in ("p50_ms", "p95_ms")}
            for name, row in ((name, _row(several)) for name, several in measured.items())
        }
        print(f"search {query}: {table[query]}", flush=True)
    return table


def _tomosynthesis(ours: Target, orthanc: Target, sizes: Sizes) -> dict[str, Any]:
    """Single frames of a large multi-frame object, the very first one after the server's start told apart."""
    table = {}
    for name, target, headers in (("dokuei", ours, _STORED), ("orthanc", orthanc, _STORED_PARTS)):
        first = get(target, f"{DBT_PATH}/frames/{sizes.dbt_frames // 2}", headers)
        if first[0] != 200:
            raise SystemExit(f"tomosynthesis: {name} answered {first[0]}")
        numbers = range(1, min(sizes.dbt_frames, 20) + 1)
        rest = load(target, [f"{DBT_PATH}/frames/{n}" for n in numbers], headers, connections=1)
        table[name] = {
            "first_ms": round(first[2] * 1000, 1),
            "p50_ms": round(rest.percentile(50), 1),
            "p95_ms": round(rest.percentile(95), 1),
            "bytes": len(first[1]),
        }
    print(f"tomosynthesis: {table}", flush=True)
    return table


def _goals(found: dict[str, Any]) -> dict[str, bool]:
    frames = found["frames"].values()
    dbt = found["tomosynthesis"]["dokuei"]
    metadata = found["metadata"]["dokuei"]
    return {
        "frames at least 6 times Orthanc's": all(
            row["dokuei"]["per_second"] >= 6 * row["orthanc"]["per_second"] for row in frames
        ),
        "frames p95 at most a fifth of Orthanc's": all(
            row["dokuei"]["p95_ms"] <= row["orthanc"]["p95_ms"] / 5 for row in frames
        ),
        "frames at least half of nginx's": all(
            row["dokuei"]["per_second"] >= row["nginx"]["per_second"] / 2 for row in frames
        ),
        "metadata under 0.1 s, the first time too": metadata["first_s"] < 0.1,
        "metadata under 200 kB": metadata["bytes"] < 200_000,
        "search p95 at most half of Orthanc's": all(
            row["dokuei"]["p95_ms"] <= row["orthanc"]["p95_ms"] / 2 for row in found["search"].values()
        ),
        "a tomosynthesis frame under 30 ms, the first one too": max(dbt["first_ms"], dbt["p95_ms"]) < 30,
        "hub under 700 MB": found["dokuei_memory_MB"] < 700,
    }


def main() -> None:
    """Print the figures and, if asked, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = run(quick=given.quick)
    print(json.dumps(found, indent=1, ensure_ascii=False))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
