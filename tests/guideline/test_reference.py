import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parent.parent.parent


def test_settings_and_commands_are_written_as_the_code_has_them() -> None:
    done = subprocess.run([sys.executable, "setup/reference.py", "--check"], cwd=_ROOT, check=False)
    assert done.returncode == 0, "run: python setup/reference.py"


def test_every_setting_says_what_it_is() -> None:
    bare = [
        f"{name}.{key}"
        for name, model in _reference().sections()
        for key, field in model.model_fields.items()
        if not field.description and (name or key not in {"home", "hub", "gateway", "seal", "audit", "mail", "hpki"})
    ]
    assert bare == []


def test_every_command_and_every_option_says_what_it_is() -> None:
    page = _reference().commands_page()
    assert [line for line in page.splitlines() if line.startswith("- ") and line.rstrip().endswith("`")] == []
    assert "dokuei hub run" in page
    assert "dokuei gateway run" in page


def _reference() -> Any:
    spec = importlib.util.spec_from_file_location("reference", _ROOT / "setup" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
