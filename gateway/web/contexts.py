"""What each template is given, and nothing else: so nothing private can stand on a page."""

from dataclasses import dataclass

from markupsafe import Markup

from gateway.typed.phones import dialled
from gateway.web.own_contexts import Own, SharePart
from gateway.words.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every page has.

    Attributes:
        language: The page's language.
        other_language_url: The same page in the other one.
        office: Whom to telephone.
        phone: The number; empty if none is set.
        is_demo: Whether the ledger is a demonstration.
        town: The town's title; empty before the ledger is founded.
    """

    language: Language
    other_language_url: str
    office: str
    phone: str
    is_demo: bool
    town: str

    @property
    def phone_url(self) -> str:
        """The number as a link."""
        return f"tel:{dialled(self.phone)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A time as people read it, and as machines do (`iso`); `day` is short, without the year."""

    date: str
    time: str
    day: str
    iso: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value that a correction changed, as people read it."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a lot's history.

    Attributes:
        title: What it is.
        kind: `harvest`, `correction`, or another: its shape in the list.
        happened: When, as the device claimed.
        recorded: When the ledger took it.
        reason: Why it corrects; empty for a harvest.
        changes: The public values that it changed.
        changes_hidden: Whether it corrects without changing any public value.
        entered_by: The agent who entered it; empty if the producer did.
        marks: Such as "entered late".
        command_url: Where its signed content is.
    """

    title: str
    kind: str
    happened: When
    recorded: When
    reason: str
    changes: tuple[Change, ...]
    changes_hidden: bool
    entered_by: str
    marks: tuple[str, ...]
    command_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One thing to know of a lot at once.

    Attributes:
        kind: `recorded`, `corrected`, `made`, `opening`, `claim`, `unmade`, `denied`, `surplus`
            or `supplemented`; each has a shape of its own beside its words.
    """

    kind: str
    title: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallNotice:
    """A recall in force that the lot meets, in words."""

    title: str
    kind: str
    cause: str
    state: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedRecall:
    """A recall that once met the lot.

    Attributes:
        title: How it ended.
        note: What that means.
        kind: And cause, in words.
        explanation: What the public was told; empty if nothing.
        ended: When.
    """

    title: str
    note: str
    kind: str
    explanation: str
    ended: When
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginLine:
    """A first ancestor of the lot, as everyone may see it.

    Attributes:
        crop: Empty for a lot whose record has not arrived; then nothing else is known either.
        marks: Such as "share computed".
    """

    url: str
    crop: str
    place: str
    producer: str
    harvested: When | None
    marks: tuple[str, ...]
    is_recalled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineagePart:
    """How a lot was made of others.

    Attributes:
        origins: The first ancestors, the heaviest first.
        has_more: Whether there are more than are shown.
        has_computed: Whether any share follows from a formula.
        drawing: From the first lots to this one.
        steps: The same in words, the first step first.
    """

    origins: tuple[OriginLine, ...]
    has_more: bool
    has_computed: bool
    drawing: Markup
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPage:
    """The page of one lot.

    Attributes:
        id: The lot's id.
        id_groups: The same in groups of four, to read out.
        check: The check character that is typed after it (`gateway.typed.lot_numbers`).
        crop: The crop's name; empty while its record has not arrived, as are the next five.
        grade: The class that sorting gave it.
        mark: The crop's drawing.
        place: The district's name, or its code; of several lots, words for that.
        place_code: The district's code where its name is shown, else empty.
        producer: The published name; empty when there is none, or none any more.
        pseudonym: The producer on the ledger.
        is_made: Whether it was made from others, and so has a maker.
        harvested: When; of a lot made from others, when that was.
        recorded: When its own record reached the ledger.
        statuses: What to know at once, the most important first.
        recalls: Those in force that it meets.
        ended_recalls: Those that it once met, the latest first.
        lineage: How it was made; `None` unless it was made from others.
        entries: The history, the first first.
        kept_by: Who keeps the record, as a sentence.
        keepers: The organisations that do, where they are several.
        suspended: Whose offices are suspended until when, a sentence each.
        url: The page's own address.
        qr: The same as a QR code.
        own: Who is signed in; `None` for the public.
        share: What of it is that one's own; `None` where nothing is.
    """

    id: str
    id_groups: tuple[str, ...]
    check: str
    crop: str
    grade: str
    mark: Markup
    place: str
    place_code: str
    producer: str
    pseudonym: str
    is_made: bool
    harvested: When | None
    recorded: When | None
    statuses: tuple[Status, ...]
    recalls: tuple[RecallNotice, ...]
    ended_recalls: tuple[EndedRecall, ...]
    lineage: LineagePart | None
    entries: tuple[Entry, ...]
    kept_by: str
    keepers: tuple[str, ...]
    suspended: tuple[str, ...]
    url: str
    qr: Markup
    own: Own | None = None
    share: SharePart | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotCard:
    """A lot on the start page of a demo."""

    url: str
    crop: str
    mark: Markup
    place: str
    producer: str
    harvested: When


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage:
    """The start page.

    Attributes:
        lots: Only in a demo.
        kept_by: Who keeps the record, as a sentence.
        typed: What was typed and leads nowhere; else empty.
        problem: Why it does not.
    """

    lots: tuple[LotCard, ...]
    kept_by: str
    typed: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPage:
    """An error, or its explanation.

    Attributes:
        status: HTTP status of the answer.
        number: To read out on the telephone.
        code: The stable code.
        title: Short.
        detail: What it means.
        remedy: How to put it right.
        request: The request's id; empty where the page only explains.
        is_waiting: Whether the record may simply not have arrived yet.
        asked: The number of the lot that was asked for, in groups; empty if none was.
        mark: A drawing.
    """

    status: int
    number: int
    code: str
    title: str
    detail: str
    remedy: str
    request: str
    is_waiting: bool
    asked: tuple[str, ...]
    mark: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPage:
    """What to do with an invitation; `gateway` is this one's address."""

    gateway: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemsPage:
    """All problems, by number."""

    problems: tuple[ProblemPage, ...]
