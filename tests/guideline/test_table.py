import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parent.parent.parent


def test_the_guideline_table_is_as_the_tests_say() -> None:
    done = subprocess.run([sys.executable, "setup/guideline.py", "--check"], cwd=_ROOT, check=False)
    assert done.returncode == 0, "run: python setup/guideline.py"
