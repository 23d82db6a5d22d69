"""`LOT=MASS` words on a command line: which lot, and how much of it. No lot stands twice."""

from collections.abc import Iterable
from unicodedata import normalize

from gateway import lot_numbers
from gateway.cli import arguments
from gateway.cli.arguments import ArgumentError


def masses_g(words: Iterable[str]) -> dict[str, int]:
    """Return grams by lot, in the order of the words.

    Raises:
        ArgumentError: A word is no such pair, or its lot stood in an earlier one: adding both up,
            or taking the last, would be a guess.
    """
    found: dict[str, int] = {}
    for word in words:
        typed, equals, mass = normalize("NFKC", word).rpartition("=")
        if not equals:
            raise ArgumentError(f"{word!r}: write LOT=MASS, as 7K3M…=12.5kg")
        lot = _lot(typed, word)
        if lot in found:
            raise ArgumentError(f"{word!r}: lot {lot} is named twice; give one mass for it")
        found[lot] = arguments.mass_g(mass)
    return found


def _lot(typed: str, word: str) -> str:
    try:
        return lot_numbers.read(typed).lot
    except lot_numbers.NumberError as error:
        is_slip = error.fault is lot_numbers.NumberFault.CHECK_WRONG
        why = "its check character is not this number's" if is_slip else "that is no lot's number"
        raise ArgumentError(f"{word!r}: {why}; look at the label again") from None
