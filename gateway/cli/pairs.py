"""`LOT=MASS` words on a command line: which lot, and how much of it. No lot stands twice."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from unicodedata import normalize

from gateway.cli import arguments
from gateway.cli.arguments import ArgumentError
from gateway.cli.said import WORDS
from gateway.typed import lot_numbers
from gateway.typed.lot_numbers import TypedNumber


def read(words: Iterable[str], called: Callable[[str], str]) -> list[tuple[TypedNumber, int]]:
    """Return the lots as they were typed, each with grams, in the order of the words.

    Args:
        words: From the command line.
        called: Returns the number of a lot that was typed by its name; a number as it is.

    Raises:
        ArgumentError: A word is no such pair, or its lot stood in an earlier one: adding both up,
            or taking the last, would be a guess.
        NumberError: A lot's number can't be read.
        ChoiceError, NotKnownError: As `called` does.
    """
    found: dict[str, tuple[TypedNumber, int]] = {}
    for word in words:
        typed, equals, mass = normalize("NFKC", word).rpartition("=")
        if not equals:
            raise ArgumentError(WORDS["pairs.form"], word=word)
        named = called(typed.strip())
        number = lot_numbers.read(named)
        if named != typed.strip():  # chosen from what is on record, and told
            number = replace(number, is_sure=True)
        if number.lot in found:
            raise ArgumentError(WORDS["pairs.twice"], word=word, lot=number.lot)
        found[number.lot] = (number, arguments.mass_g(mass))
    return list(found.values())


def masses_g(words: Iterable[str], called: Callable[[str], str]) -> dict[str, int]:
    """Return grams by lot; the same as `read`, where nobody asks how the number was typed."""
    return {number.lot: mass_g for number, mass_g in read(words, called)}
