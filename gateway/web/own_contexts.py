"""What the templates of lists and recalls are given."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.web.contexts import When


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
    """

    text: str = ""
    quiet: str = ""
    url: str = ""
    badges: tuple[tuple[str, str], ...] = ()
    is_number: bool = False

    @property
    def kind(self) -> str:
        """How it is set: `is-number`, and `is-empty` where it says nothing."""
        is_empty = not (self.text or self.quiet or self.badges)
        return " ".join(["is-number"] * self.is_number + ["is-empty"] * is_empty)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table; `empty` stands where it has no rows."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Who is signed in, and the lists that they have."""

    name: str
    actor: str
    nav: tuple[Link, ...]


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
        more: A second table below, with its title.
        first_url: The first page; empty on it.
        next_url: The next page; empty at the end.
        csv_url: All of it as a file.
    """

    own: Own
    title: str
    note: str
    filters: tuple[Link, ...]
    crops: CropForm | None
    grid: Grid
    more: tuple[str, Grid] | None
    first_url: str
    next_url: str
    csv_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterPage:
    """Asks whether to sign in here; `action` is the form's address."""

    name: str
    actor: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallLine:
    """A recall in a list; `state` is its code, which gives it a shape."""

    url: str
    state: str
    state_text: str
    kind: str
    cause: str
    by: str
    changed: When


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallsPage:
    """All recalls."""

    own: Own | None
    recalls: tuple[RecallLine, ...]
    next_url: str
    csv_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallEventLine:
    """Something done about a recall."""

    title: str
    reason: str
    when: When
    command_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallPage:
    """One recall.

    Attributes:
        summary: As in the list.
        note: What its state means.
        scope: How its lots were found.
        number: Its id in groups, to read out.
        declared: When; `None` where that is not known.
        roots: Lots, as links.
        roots_more: How many more there are, in words; empty for none.
        events: The first first.
        scope_url: Where officers see who has what; empty for others.
    """

    own: Own | None
    summary: RecallLine
    note: str
    scope: str
    number: tuple[str, ...]
    declared: When | None
    roots: tuple[Link, ...]
    roots_more: str
    events: tuple[RecallEventLine, ...]
    scope_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopePart:
    """How far a recall reaches, for officers.

    Attributes:
        counts: How many lots, in words.
        warnings: What does not fit.
        grid: Who has what.
        is_covered: Whether nothing is missing; `None` where nobody has declared it yet.
        to_sign: Open parts as JSON, one for each command.
    """

    counts: str
    warnings: tuple[str, ...]
    grid: Grid
    is_covered: bool | None
    to_sign: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopePage:
    """How far a recall in force reaches."""

    own: Own
    summary: RecallLine
    number: tuple[str, ...]
    part: ScopePart


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    """How far a recall would reach; `typed` by the fields' names."""

    own: Own
    typed: dict[str, str]
    problem: str
    part: ScopePart | None
    roots: str
