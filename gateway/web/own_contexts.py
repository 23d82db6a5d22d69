"""What the templates of one's own lists are given."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of a row of links; `is_here`: the page that is shown."""

    text: str
    url: str
    is_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: What stands in it.
        quiet: Smaller, below it.
        url: Where it leads; empty for nowhere.
        badges: Such as "On hold": (kind, text); the kind gives it a shape.
        is_number: Whether it is set to the right.
        is_nothing: Whether it says that there is none of something that there seldom is.
    """

    text: str = ""
    quiet: str = ""
    url: str = ""
    badges: tuple[tuple[str, str], ...] = ()
    is_number: bool = False
    is_nothing: bool = False

    @property
    def kind(self) -> str:
        """How it is set: `is-number`, `is-nothing`, and `is-empty` where it says nothing."""
        kinds = {
            "is-number": self.is_number,
            "is-nothing": self.is_nothing,
            "is-empty": not (self.text or self.quiet or self.badges),
        }
        return " ".join(kind for kind, is_so in kinds.items() if is_so)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table; `empty` stands where it has no rows."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Who is signed in, and the lists that they have.

    Attributes:
        key: How the key is kept that signed in, and whether it is a further one.
        notice: That the offices of the own organisation are suspended, or wanted to be; else empty.
    """

    name: str
    actor: str
    key: str
    nav: tuple[Link, ...]
    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePart:
    """What of a lot is the reader's own; each table is `None` where nothing is.

    Attributes:
        facts: (what, how much) of the lot itself.
        plot: What the office calls the plot, on the screen alone; empty where that is not told.
        holdings: Where it lies.
        shipments: On whose way it is, or was.
        parents: What it was made of.
        children: What was made of it.
        drawing: Both, drawn; empty where neither is.
        steps: The drawing in words.
        is_whole: Whether nothing was left out of it for being too much.
    """

    facts: tuple[tuple[str, str], ...]
    plot: str
    holdings: Grid | None
    shipments: Grid | None
    parents: Grid | None
    children: Grid | None
    drawing: Markup
    steps: tuple[str, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CropForm:
    """Narrows a list to one crop.

    Attributes:
        action: Where it is sent.
        show: Which part of the list is shown meanwhile; empty if it has no parts.
        chosen: A crop's code; empty for all.
        crops: (code, name) of each.
    """

    action: str
    show: str
    chosen: str
    crops: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A list of one's own.

    Attributes:
        own: Who is signed in.
        title: The page's.
        note: What the list is.
        filters: Parts of it.
        crops: Narrows it; `None` if it can't be.
        grid: The page of it.
        more: Further tables below, with their titles.
        first_url: The first page; empty on it.
        next_url: The next page; empty at the end.
        csv_url: All of it as a file; empty where there is none.
    """

    own: Own
    title: str
    note: str
    filters: tuple[Link, ...]
    crops: CropForm | None
    grid: Grid
    more: Sequence[tuple[str, Grid]]
    first_url: str
    next_url: str
    csv_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterPage:
    """Asks whether to sign in here; `action` is the form's address."""

    name: str
    actor: str
    action: str
