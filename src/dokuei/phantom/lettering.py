"""Small letters and marks as ultrasound machines burn them into their images."""

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
_WIDTH = 5
_DRAWN = (
    "A=EHHVHHH B=UHHUHHU C=EHGGGHE D=UHHHHHU E=VGGUGGV F=VGGUGGG G=EHGNHHF H=HHHVHHH I=E44444E J=722222C "
    "K=HIKOKIH L=GGGGGGV M=HRLLHHH N=HPPLJJH O=EHHHHHE P=UHHUGGG Q=EHHHLID R=UHHUKIH S=FGGE11U T=V444444 "
    "U=HHHHHHE V=HHHHAA4 W=HHHLLRH X=HHA4AHH Y=HHA4444 Z=V1248GV 0=EHJLPHE 1=4C4444E 2=EH1248V 3=V21E1HE "
    "4=26AIV22 5=VGU11HE 6=68GUHHE 7=V124888 8=EHHEHHE 9=EHHF12C .=00000CC :=0CC0CC0 -=000V000 /=112488G "
    "(=2444442 )=8444448 +=044V440"
)
_GLYPHS = {pair[0]: pair[2:] for pair in _DRAWN.split(" ")}
"""Each glyph is seven rows of five dots, a row a digit to the base 32."""


def write(image: Image, text: str, row: int, column: int, *, size: int = 2, level: int = 210) -> None:
    """Write ``text`` with its upper left corner at a pixel; what does not fit is left out."""
    for number, letter in enumerate(text.upper()):
        rows = _GLYPHS.get(letter)
        if rows is None:
            continue
        dots = np.array(
            [[int(digit, 32) >> (_WIDTH - 1 - bit) & 1 for bit in range(_WIDTH)] for digit in rows], dtype=bool
        )
        block = np.kron(dots, np.ones((size, size), dtype=bool))
        left = column + number * (_WIDTH + 1) * size
        part = image[row : row + block.shape[0], left : left + block.shape[1]]
        part[block[: part.shape[0], : part.shape[1]]] = level


def depth_scale(image: Image, top: int, column: int, pixels_per_cm: float, depth_cm: float) -> None:
    """A ruler down the side: a tick each 5 mm, a number each centimetre."""
    for half in range(int(depth_cm * 2) + 1):
        row = round(top + half * pixels_per_cm / 2)
        long = half % 2 == 0
        image[row : row + 2, column : column + (10 if long else 5)] = 190
        if long and half:
            write(image, str(half // 2), row - 6, column + 14, level=170)


def grey_bar(image: Image, top: int, left: int, height: int) -> None:
    """The bar that shows which grey is which echo."""
    ramp = np.linspace(255, 0, height).astype(np.uint8)[:, None]
    image[top : top + height, left : left + 14] = ramp[: image.shape[0] - top]


def body_mark(image: Image, row: int, column: int, clock: float, *, radius: int = 34) -> None:
    """A breast as a circle with its nipple, and the probe as a stroke at the clock position."""
    y, x = np.ogrid[: image.shape[0], : image.shape[1]]
    away = np.hypot(y - row, x - column)
    image[np.abs(away - radius) < 1.2] = 150  # noqa: PLR2004 - half a line's width in pixels
    image[np.abs(away - 5) < 1.0] = 150
    angle = np.deg2rad(clock * 30)
    for step in np.linspace(-9, 9, 40):
        at = round(row - np.cos(angle) * (radius * 0.6 + step)), round(column + np.sin(angle) * (radius * 0.6 + step))
        image[at[0] - 1 : at[0] + 2, at[1] - 1 : at[1] + 2] = 235
