"""Marks of crops, drawn for these pages: one SVG file each in `marks/`, in a box of 64 by 64.

A mark never carries meaning alone: the crop's name always stands beside it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from markupsafe import Markup

_FOLDER: Final = Path(__file__).parent / "marks"
_OPENING: Final = '<svg viewBox="0 0 64 64" xmlns="http://www.w3.org/2000/svg">'
_INLINE: Final = '<svg class="mark" viewBox="0 0 64 64" aria-hidden="true" focusable="false">'

SPROUT: Final = "sprout"
# Crops that share another's drawing.
ALIKE: Final[Mapping[str, str]] = {
    "bitter-melon": "cucumber",
    "chinese-cabbage": "cabbage",
    "ginger": "potato",
    "komatsuna": "spinach",
    "lettuce": "cabbage",
    "mizuna": "spinach",
    "tea": "spinach",
}


def _read(path: Path) -> Markup:
    text = path.read_text(encoding="utf-8")
    assert text.startswith(_OPENING), path  # noqa: S101 - a drawing of another kind
    inline = text.replace(_OPENING, _INLINE, 1).replace("\n", "")
    return Markup(inline)  # noqa: S704 - our own file; nothing of it comes from a request


MARKS: Final[Mapping[str, Markup]] = {path.stem: _read(path) for path in _FOLDER.glob("*.svg")}


def mark_of(crop: str) -> Markup:
    """Return a crop's mark for a page, hidden from screen readers, which read the crop's name."""
    return MARKS.get(ALIKE.get(crop, crop), MARKS[SPROUT])
