"""How somebody writes: diaries filled in afterwards, round numbers, correction on correction."""

from collections.abc import Callable, Sequence

from gateway.plausibility.codes import FlagCode
from gateway.plausibility.evidence import Entry, Flag
from gateway.plausibility.thresholds import DAY_S, MINUTE_S, Thresholds
from gateway.plausibility.timing import HARVEST, subject_of

# Who copies a notebook at a desk, or imports a file, enters many days at once, and says so.
COPIED = {"paper", "desk", "import"}
CORRECTIONS = (
    *("lot.correct_harvest", "lot.correct_receipt"),
    *("lot.correct_outflow", "lot.correct_arrival"),
)


def is_afterwards(entry: Entry) -> bool:
    """Whether an entry was signed a day or more after it happened, and was not copied off paper."""
    return entry.signed_at - entry.event_time >= DAY_S and entry.text("channel") not in COPIED


def entered_in_a_bunch(
    entry: Entry,
    device: Sequence[Entry],
    day: Callable[[int], str],
    limits: Thresholds,
) -> Flag | None:
    """Tell a diary filled in afterwards: many days, entered one after the other on one device.

    What a phone kept while it had no signal is no such thing: it was signed when it happened.

    Args:
        entry: The entry that makes it one.
        device: Entries of its device by running number, this one among them.
        day: The town's day of a time.
        limits: In force.
    """
    run = _run_up_to(entry, device, limits.bunch_gap_s)
    if not _is_bunch(run, day, limits) or _is_bunch(run[:-1], day, limits):
        return None
    return entry.flag(
        FlagCode.ENTERED_IN_A_BUNCH,
        f"actor/{entry.actor}",
        entries_count=len(run),
        days_count=len({day(one.event_time) for one in run}),
        within_minutes=max(0, entry.signed_at - run[0].signed_at) // MINUTE_S,
    )


def _run_up_to(entry: Entry, device: Sequence[Entry], gap_s: int) -> list[Entry]:
    """Return the entries made afterwards that lead up to one without a pause, it included."""
    run: list[Entry] = []
    for one in reversed(device):
        if one.seq > entry.seq or not is_afterwards(one):
            continue
        if run and abs(run[-1].signed_at - one.signed_at) > gap_s:
            break
        run.append(one)
    return run[::-1]


def _is_bunch(run: Sequence[Entry], day: Callable[[int], str], limits: Thresholds) -> bool:
    days = {day(one.event_time) for one in run}
    return len(run) > limits.bunch_entries and len(days) > limits.bunch_days


def entered_twice(entry: Entry, twins: Sequence[Entry]) -> Flag | None:
    """Tell what its party had entered before, signed by another key since; said by each repetition.

    Args:
        entry: The entry.
        twins: All accepted ones under its nonce. Another party's say nothing: a nonce that stands
            in public can be copied.
    """
    before = [one for one in twins if one.party == entry.party and one.place < entry.place]
    if not before:
        return None
    first = min(before, key=lambda one: one.place)
    return entry.flag(
        FlagCode.ENTERED_TWICE,
        subject_of(entry),
        first=first.id,
        entries_count=len(before) + 1,
        after_minutes=max(0, entry.ledger_time - first.ledger_time) // MINUTE_S,
    )


def is_weighed(entry: Entry) -> bool:
    """Whether a harvest was measured, not guessed and not counted in packs."""
    is_measured = entry.closed.get("estimated") is False and "packs" not in entry.closed
    return entry.type == HARVEST and is_measured


def is_round(entry: Entry, limits: Thresholds) -> bool:
    """Whether a harvest was measured, and came to whole multiples."""
    return is_weighed(entry) and entry.number("quantity_g") % limits.round_g == 0


def round_numbers(entry: Entry, device: Sequence[Entry], limits: Thresholds) -> Flag | None:
    """Tell many measured harvests in a row at whole kilograms; once, by the one too many."""
    count = 0
    for one in reversed(device):
        if one.seq > entry.seq or not is_weighed(one):
            continue
        if not is_round(one, limits):
            break
        count += 1
    if count != limits.round_entries + 1:
        return None
    return entry.flag(
        FlagCode.ROUND_NUMBERS,
        f"actor/{entry.actor}",
        entries_count=count,
        limit_count=limits.round_entries,
        multiple_g=limits.round_g,
    )


def corrected_often(entry: Entry, story: Sequence[Entry], limits: Thresholds) -> Flag | None:
    """Count how often one party has corrected entries about a lot; said once."""
    count = sum(
        one.type in CORRECTIONS and one.party == entry.party and one.place <= entry.place
        for one in story
    )
    if count != limits.corrections + 1:
        return None
    return entry.flag(
        FlagCode.CORRECTED_OFTEN,
        f"lot/{entry.text('lot')}",
        corrections_count=count,
        limit_count=limits.corrections,
    )
