"""The wheel is the whole program: an installed hub serves its page."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("built", [True, False])
def test_the_viewer_is_in_the_wheel_where_it_was_built(tmp_path: Path, *, built: bool) -> None:
    tree = tmp_path / "tree"
    shutil.copytree(_ROOT / "src", tree / "src", ignore=shutil.ignore_patterns("__pycache__", "viewer_dist"))
    shutil.copytree(_ROOT / "setup", tree / "setup")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(_ROOT / name, tree / name)
    if built:
        (tree / "viewer" / "dist" / "assets").mkdir(parents=True)
        (tree / "viewer" / "dist" / "index.html").write_text("<!doctype html>")
        (tree / "viewer" / "dist" / "assets" / "index-1.js").write_text("")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "out")]
    subprocess.run(command, cwd=tree, check=True, capture_output=True, timeout=120)
    with zipfile.ZipFile(next((tmp_path / "out").glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
    assert "dokuei/hub/pages.py" in names
    page = {name for name in names if name.startswith("dokuei/viewer_dist/")}
    assert page == ({"dokuei/viewer_dist/index.html", "dokuei/viewer_dist/assets/index-1.js"} if built else set())
