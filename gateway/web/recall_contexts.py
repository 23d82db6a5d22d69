"""What the templates of recalls are given."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.web.contexts import When
from gateway.web.own_contexts import Grid, Link, Own


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallLine:
    """A recall in a list.

    Attributes:
        state: Its code, which gives it a shape.
        overdue: That a second person has not confirmed it in time, in words; else empty.
    """

    url: str
    state: str
    state_text: str
    kind: str
    cause: str
    by: str
    changed: When
    overdue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallsPage:
    """All recalls; `own` of whoever is signed in."""

    own: Own | None
    recalls: tuple[RecallLine, ...]
    first_url: str
    next_url: str
    csv_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallEventLine:
    """Something done about a recall; `explanation`: what the public was told, or that it isn't."""

    title: str
    reason: str
    explanation: str
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
        check: Its check character, to type after it.
        entry: Its latest entry, which an officer who confirms or ends it names; empty for others.
        declared: When; `None` where that is not known.
        roots: Lots, as links.
        roots_title: Whether they are recalled, or were.
        roots_note: What is meant by them.
        roots_more: How many more there are, in words; empty for none.
        events: The first first.
        scope_url: Where officers see who has what; empty for others.
    """

    own: Own | None
    summary: RecallLine
    note: str
    scope: str
    number: tuple[str, ...]
    check: str
    entry: str
    declared: When | None
    roots: tuple[Link, ...]
    roots_title: str
    roots_note: str
    roots_more: str
    events: tuple[RecallEventLine, ...]
    scope_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordToSign:
    """A record of a recall; `roots` joined by commas, as `minori submit` takes them."""

    title: str
    roots: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Lots of one crop that a recall does not name, by the crop's name."""

    crop: str
    lots: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopePart:
    """How far a recall reaches, for officers.

    Attributes:
        counts: How many lots, in words.
        warnings: What does not fit.
        grid: Who has what.
        is_covered: Whether nothing is missing; `None` where nothing is in force.
        unrecorded: What one signer alone can't name, in words; empty if nothing.
        to_sign: The records to sign, as far as there is room for them.
        commands: How many records that are, in words.
        together: How several are signed so that they are written at once, in words; else empty.
        left_out: Lots of the same producers and days that are of other crops.
        uncertain: Lots that it stops because nobody knows all that they were made of.
    """

    counts: str
    warnings: tuple[str, ...]
    grid: Grid
    is_covered: bool | None
    unrecorded: str
    to_sign: tuple[RecordToSign, ...]
    commands: str
    together: str
    left_out: tuple[LeftOut, ...]
    uncertain: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopePage:
    """How far a recall in force reaches."""

    own: Own
    summary: RecallLine
    number: tuple[str, ...]
    check: str
    back_url: str
    part: ScopePart


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage:
    """How far a recall would reach.

    Attributes:
        own: Who is signed in.
        typed: What was typed, by the fields' names.
        crops: (code, name) of each crop.
        producers: To choose from.
        plots: The same.
        problem: What is wrong with it; empty if nothing.
        part: The answer; `None` before a question.
    """

    own: Own
    typed: Mapping[str, str]
    crops: tuple[tuple[str, str], ...]
    producers: tuple[str, ...]
    plots: tuple[str, ...]
    problem: str
    part: ScopePart | None
