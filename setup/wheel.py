"""Puts the built viewer into the wheel, where ``hub/pages.py`` looks; a tree without one gives a wheel without."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ViewerHook(BuildHookInterface):  # type: ignore[type-arg] # its parameter is of no use to a hook
    """Hatch's ``force-include`` fails where a path is missing, so a plain setting would not do."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before each wheel; an editable install serves the viewer from the checkout."""
        built = Path(self.root) / "viewer" / "dist"
        if version == "standard" and (built / "index.html").is_file():
            build_data["force_include"][str(built)] = "dokuei/viewer_dist"
