"""The Japanese font that documents and pages are set in; typst would take any other in silence."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from dokuei.errors import ConfigurationError

FONT = "Noto Sans CJK JP"
FONT_FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/share/fonts/noto-cjk"),
    Path("/usr/share/fonts/google-noto-cjk"),
    Path.home() / ".fonts",
)


@dataclass(frozen=True)
class Face:
    """The Japanese font: where its files are and which letters it has."""

    folder: Path
    letters: frozenset[int]


@lru_cache(maxsize=1)
def japanese_font(folders: tuple[Path, ...] = FONT_FOLDERS) -> Face:
    """The font that reports are set in.

    Raises:
        ConfigurationError: it is not on this machine; typst would take any other in silence.
    """
    for folder in folders:
        faces = fonts_in(folder).fonts() if folder.is_dir() else []
        found = next((face for face in faces if face.family == FONT and face.weight == 400 and face.path), None)  # noqa: PLR2004 - CSS weight "regular"
        if found is not None:
            with TTFont(found.path, fontNumber=found.index, lazy=True) as font:
                return Face(folder, frozenset(font.getBestCmap()))
    raise ConfigurationError(
        f"the font {FONT} is missing", phase="typesetting", remedy="apt-get install fonts-noto-cjk"
    )


def fonts_in(folder: Path) -> typst.Fonts:
    """The fonts of one folder and no others."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
