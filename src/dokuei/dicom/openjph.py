"""OpenJPH's door, the codec behind .202: made ready once, before two threads can meet in it.

OpenJPH fills its block coder's tables and picks its SIMD routines at the first use, without a lock. Two threads whose
first frames meet there get a wrong codestream or an error for a sound frame, and the object would be kept uncoded.
"""

from typing import Any, Final

import imagecodecs
import numpy as np
from imagecodecs import HTJ2K

_FIRST_SIDE: Final = 128  # two code blocks each way, so that every routine is met


def encode(cells: Any, *, levels: int, rgb: bool | None = None) -> bytes:
    """A lossless RPCL codestream with TLM, one tile-part a resolution, of cells (rows x columns [x samples], 8/16 bit).

    Raises:
        RuntimeError, ValueError: the codec failed.
    """
    return bytes(
        imagecodecs.htj2k_encode(
            cells, rgb=rgb, resolutions=levels, reversible=True, tlm=True, tilepart=HTJ2K.TILEPART.RESOLUTIONS
        )
    )


def decode(data: bytes, *, skip_resolutions: int = 0) -> Any:
    """Cells as the codestream declares them, samples last; a power of two smaller where resolutions are skipped.

    Raises:
        RuntimeError, ValueError: the codec failed.
    """
    return imagecodecs.htj2k_decode(data, planar=False, skipres=skip_resolutions or None)


def _make_ready() -> None:
    """Code and decode one frame of each kind; importing is where Python lets one thread in at a time."""
    grey = (np.arange(_FIRST_SIDE * _FIRST_SIDE, dtype=np.uint16) * 2579).reshape(_FIRST_SIDE, _FIRST_SIDE)
    colours = np.repeat(grey.astype(np.uint8)[..., np.newaxis], 3, axis=2)
    for cells in (grey, grey.view(np.int16), grey.astype(np.uint8)):
        decode(encode(cells, levels=5))
    decode(encode(colours, levels=5, rgb=True))


_make_ready()
