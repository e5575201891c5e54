"""The browser that journeys drive: the machine's own Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.makers.browsed_hub import CHROMIUM_ARGUMENTS, chromium
from tests.makers.migrated import ReadySchemas, ready_schemas

_WEBGL_WITHOUT_GPU = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


@pytest.fixture(scope="session", autouse=True)
def schemas() -> Iterator[ReadySchemas]:
    """New databases of hubs and gateways in this process: the schema is copied instead of made step by step."""
    with ready_schemas() as ready:
        yield ready


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": chromium(), "args": [*CHROMIUM_ARGUMENTS, *_WEBGL_WITHOUT_GPU]}
