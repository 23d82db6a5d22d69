"""Draws a lineage as inline SVG: the first lots on top, the one in question below.

Made for a telephone's width. At most `COLUMNS` boxes stand beside each other and `ROWS` rows on a
level; what is more is folded into one box. The page says the same in words beside it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from unicodedata import east_asian_width

from markupsafe import Markup, escape

_Area: TypeAlias = tuple[int, int, int, int]  # left, top, right, bottom

COLUMNS: Final = 3
ROWS: Final = 3
WIDTH: Final = 348
_BOX: Final = (108, 58)
_GAP: Final = (12, 14)
_LEVEL_GAP: Final = 40
_MASS_AT: Final = (0.5, 0.3, 0.7)  # parts of a line's way where its mass may stand
_LINE_WIDTH: Final = 16  # in halves of a full-width character


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A lot in the drawing: up to three lines of text, the first the largest."""

    id: str
    lines: tuple[str, ...]
    is_recalled: bool = False
    is_this: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A step from a lot into one made of it; drawn broken where the share is computed.

    Attributes:
        mass: How much, for whoever may see that; else empty.
    """

    parent: str
    child: str
    is_computed: bool
    mass: str = ""


def draw(
    boxes: Sequence[Box],
    lines: Sequence[Line],
    *,
    label: str,
    folded: str,
    depth: Mapping[str, int],
) -> Markup:
    """Return the drawing.

    Args:
        boxes: The lots, in the order in which they stand beside each other.
        lines: The steps; without a circle.
        label: What a screen reader says of it.
        folded: Words with `{}` for how many were left out of a level.
        depth: The level of each lot, the highest on top.
    """
    places, notes, height = _place(boxes, depth, folded)
    drawn = [line for line in lines if {line.parent, line.child} <= places.keys()]
    parts = [_line(line, places) for line in drawn]
    parts += [_box(box, places[box.id]) for box in boxes if box.id in places]
    parts += [
        Markup('<text class="fold" x="{}" y="{}">{}</text>').format(WIDTH // 2, y, text)
        for y, text in notes
    ]
    parts += _masses(drawn, places)
    return Markup(
        '<svg class="lineage" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, height, label, Markup().join(parts))


def levels(ids: Sequence[str], lines: Sequence[Line]) -> dict[str, int]:
    """Return how many steps, on the longest way, lie between each lot and the last made; pure."""
    children: Mapping[str, list[str]] = defaultdict(list)
    for line in lines:
        children[line.parent].append(line.child)
    depth: dict[str, int] = {}
    stack = list(ids)
    while stack:
        one = stack[-1]
        waiting = [child for child in children.get(one, ()) if child not in depth]
        if one in depth or not waiting:
            stack.pop()
            depth[one] = 1 + max((depth[child] for child in children.get(one, ())), default=-1)
        else:
            stack += waiting
    return depth


def around(lot: str, near: Mapping[str, int], lines: Sequence[Line]) -> dict[str, int]:
    """Return levels with a lot at 0, ancestors above it and descendants below; pure.

    Args:
        lot: The lot in the middle.
        near: Each lot's shortest distance from it; of ancestors negative.
        lines: The steps.
    """
    above = [one for one in lines if max(near[one.parent], near[one.child]) <= 0]
    below = [
        Line(one.child, one.parent, one.is_computed)
        for one in lines
        if min(near[one.parent], near[one.child]) >= 0
    ]
    depth = levels([one for one in near if near[one] < 0], above) | {lot: 0}
    under = levels([one for one in near if near[one] > 0], below)
    return depth | {one: -under[one] for one in near if near[one] > 0}


def _place(
    boxes: Sequence[Box], depth: Mapping[str, int], folded: str
) -> tuple[dict[str, tuple[int, int]], list[tuple[int, str]], int]:
    """Return the corner of each box that is drawn, notes of what is folded, and the height."""
    by_level: dict[int, list[Box]] = defaultdict(list)
    for box in boxes:
        by_level[depth[box.id]].append(box)
    places: dict[str, tuple[int, int]] = {}
    notes = []
    top = 4
    for level in sorted(by_level, reverse=True):
        shown = by_level[level][: COLUMNS * ROWS]
        for start in range(0, len(shown), COLUMNS):
            row = shown[start : start + COLUMNS]
            width = len(row) * _BOX[0] + (len(row) - 1) * _GAP[0]
            left = (WIDTH - width) // 2
            for number, box in enumerate(row):
                places[box.id] = (left + number * (_BOX[0] + _GAP[0]), top)
            top += _BOX[1] + _GAP[1]
        if more := len(by_level[level]) - len(shown):
            notes.append((top + 4, folded.format(more)))
            top += _GAP[1] + 6
        top += _LEVEL_GAP - _GAP[1]
    return places, notes, top - _LEVEL_GAP + 4


def _line(line: Line, places: Mapping[str, tuple[int, int]]) -> Markup:
    (left, top), (child_left, child_top) = places[line.parent], places[line.child]
    x, y = left + _BOX[0] // 2, top + _BOX[1]
    to_x, to_y = child_left + _BOX[0] // 2, child_top
    bend = (to_y - y) // 2
    return Markup('<path class="{}" d="M{} {}C{} {} {} {} {} {}"/>').format(
        "step computed" if line.is_computed else "step",
        *(x, y),
        *(x, y + bend),
        *(to_x, to_y - bend),
        *(to_x, to_y),
    )


def _masses(lines: Sequence[Line], places: Mapping[str, tuple[int, int]]) -> list[Markup]:
    """Return how much each line stands for, wherever on it there is room; the list has them all."""
    taken = [(x, y, x + _BOX[0], y + _BOX[1]) for x, y in places.values()]
    drawn = []
    for line in lines:
        half = 3 * sum(2 if east_asian_width(one) in "WFA" else 1 for one in line.mass) + 2
        for part in _MASS_AT if line.mass else ():
            x, y = _point(line, places, part)
            box = (x - half, y - 7, x + half, y + 7)
            if not any(_overlap(box, other) for other in taken):
                taken.append(box)
                drawn.append(
                    Markup('<text class="mass" x="{}" y="{}">{}</text>').format(x, y + 4, line.mass)
                )
                break
    return drawn


def _overlap(one: _Area, other: _Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _point(line: Line, places: Mapping[str, tuple[int, int]], part: float) -> tuple[int, int]:
    """Return where a part (0 to 1) of a line's way is done: it is a cubic Bézier curve."""
    (left, top), (to_left, to_top) = places[line.parent], places[line.child]
    top += _BOX[1]
    across = part * part * (3 - 2 * part)
    down = 1.5 * part * (1 - part) + part**3
    return (
        round(left + _BOX[0] // 2 + across * (to_left - left)),
        round(top + down * (to_top - top)),
    )


def _box(box: Box, place: tuple[int, int]) -> Markup:
    left, top = place
    kind = " ".join(
        ["lot", *(["this"] if box.is_this else []), *(["recalled"] if box.is_recalled else [])]
    )
    drawn = [
        Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>').format(
            kind, left, top, *_BOX, 2 if box.is_recalled else 10
        )
    ]
    for number, line in enumerate(box.lines):
        drawn.append(
            Markup('<text class="{}" x="{}" y="{}">{}</text>').format(
                "name" if number == 0 else "more",
                left + _BOX[0] // 2,
                top + 20 + 16 * number,
                escape(shortened(line)),
            )
        )
    return Markup().join(drawn)


def shortened(text: str, width: int = _LINE_WIDTH) -> str:
    """Return a text cut to a width, counted in halves of a full-width character."""
    used = 0
    for index, letter in enumerate(text):
        used += 2 if east_asian_width(letter) in "WFA" else 1
        if used > width:
            return text[: max(0, index - 1)] + "…"
    return text
