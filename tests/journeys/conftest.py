"""The browser that journeys drive: the machine's own Chromium."""

from typing import Any

import pytest

from tests.makers.browsed_hub import CHROMIUM_ARGUMENTS, chromium

_WEBGL_WITHOUT_GPU = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium(), "args": [*CHROMIUM_ARGUMENTS, *_WEBGL_WITHOUT_GPU]}
