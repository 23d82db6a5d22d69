"""What takes a run back repeats it whole: it is found by a lot of it, and filled in."""

from collections.abc import Callable
from typing import Final

from gateway.cli.arguments import ArgumentError
from gateway.cli.on_record import Given, Record, Records
from gateway.cli.said import WORDS
from gateway.device import joint_sorting

_RUNS: Final = ("lot.merge", "lot.repack", "lot.sort", "lot.process")
_UNDONE_BY: Final = {"lot.unmake": "run", "lot.undo_class": "made", "lot.undo_sort": "begun"}


def unmake(given: Given, records: Records) -> None:
    """Fill in the run that a lot was made by."""
    run = _latest(given, records, _makes)
    if run is not None:
        given.put("type", run["type"])
        _repeat(given, "run", run)


def undo_class(given: Given, records: Records) -> None:
    """Fill in the class of a sorting that a lot is, unless it was taken back."""
    made = _latest(given, records, _is_class)
    if made is not None:
        _repeat(given, "made", made)


def undo_sort(given: Given, records: Records) -> None:
    """Fill in what began the latest sorting that a lot went into, unless it was taken back."""
    begun = _latest(given, records, _is_begun)
    if begun is not None:
        _repeat(given, "begun", begun)


def _latest(given: Given, records: Records, fits: Callable[[str, Record], bool]) -> Record | None:
    """Return the entry that the named lot is found by; `None` if the whole of it was typed.

    Raises:
        ArgumentError: There is none, or it was taken back.
    """
    lot = given.body.pop("lot", None)
    if lot is None:
        return None
    undone = []
    for one in records.entries(str(lot)):  # the newest first: what undoes it stands before it
        body = one["payload"]["body"]
        if one["type"] in _UNDONE_BY:
            undone.append(body[_UNDONE_BY[one["type"]]])
        elif fits(str(lot), one) and body["party"] == records.party and body not in undone:
            return one
    raise ArgumentError(WORDS["filling.not_made"], lot=lot)


def _repeat(given: Given, member: str, entry: Record) -> None:
    given.put(member, entry["payload"]["body"])
    for name, value in entry["closed_part"].items():
        given.put(name, value)


def _makes(lot: str, entry: Record) -> bool:
    is_run = entry["type"] in _RUNS
    return is_run and any(one["lot"] == lot for one in entry["payload"]["body"]["children"])


def _is_class(lot: str, entry: Record) -> bool:
    is_class = entry["type"] == joint_sorting.CLASS
    return is_class and str(entry["payload"]["body"]["child"]["lot"]) == lot


def _is_begun(lot: str, entry: Record) -> bool:
    return entry["type"] == joint_sorting.BEGIN and lot in entry["payload"]["body"]["parents"]
