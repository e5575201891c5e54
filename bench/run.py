"""``make bench``: ourselves beside the peers on the same work in one run; figures go to docs/bench.md (and .json)."""

import json
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import growth, headers, ingest, people, report, serving, whole_way

_DOCS = Path(__file__).parent.parent / "docs"
_PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "ingest": ingest.run,
    "serving": serving.run,
    "whole_way": whole_way.run,
    "growth": growth.run,
    "headers": headers.run,
    "people": people.run,
}


def main() -> None:
    """Run all parts, or those named on the command line; keep the newest figures of each part."""
    wanted = [name for name in sys.argv[1:] if name in _PARTS] or list(_PARTS)
    quick = "--quick" in sys.argv
    kept = _DOCS / "bench.json"
    figures: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    for name in wanted:
        print(f"== {name}", flush=True)
        figures[name] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": f"{platform.machine()}, Python {platform.python_version()}",
            "quick": quick,
            "figures": _PARTS[name](quick=quick),
        }
        print(json.dumps(figures[name], indent=1, ensure_ascii=False), flush=True)
        kept.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
        report.write(_DOCS / "bench.md", figures)


if __name__ == "__main__":
    main()
