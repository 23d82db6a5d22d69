"""Contracts with one hazard of Python each: what the rig must see, or it proves nothing.

Each mutant changes what a result says of itself, as a careless line in the contract might.
"""

import locale
import os
import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from chaincode.reading import Result

Answer = dict[str, object]


def iterates_a_set(result: Result, answer: Answer) -> None:
    answer["flags"] = list({"late", "future", "corrected", "disputed", result.id})


def hashes(result: Result, answer: Answer) -> None:
    answer["flags"] = [str(hash(result.id))]


def shows_an_address(_result: Result, answer: Answer) -> None:
    answer["flags"] = [repr(object())]


def looks_at_the_clock(_result: Result, answer: Answer) -> None:
    answer["flags"] = [str(time.time_ns())]


def looks_at_the_date(_result: Result, answer: Answer) -> None:
    answer["flags"] = [str(datetime.now().astimezone())]


def asks_the_time_zone(_result: Result, answer: Answer) -> None:
    answer["flags"] = [time.strftime("%H", time.localtime(1_776_211_200))]


def draws_lots(_result: Result, answer: Answer) -> None:
    answer["flags"] = [str(random.random())]


def keeps_a_secret(_result: Result, answer: Answer) -> None:
    answer["flags"] = [secrets.token_hex(4)]


def asks_its_surroundings(_result: Result, answer: Answer) -> None:
    answer["flags"] = [os.environ.get("LANG", "")]


def sorts_by_locale(_result: Result, answer: Answer) -> None:
    answer["flags"] = sorted(["late", "Late", "çilek", "denied", "農"], key=locale.strxfrm)


def writes_numbers_by_locale(_result: Result, answer: Answer) -> None:
    answer["flags"] = [f"{1_234_567:n}"]


def encodes_by_locale(_result: Result, answer: Answer) -> None:
    answer["flags"] = ["農".encode(locale.getencoding(), "replace").hex()]


def acts_in_an_assertion(_result: Result, answer: Answer) -> None:
    flags: list[str] = []
    assert not flags.append("checked")
    answer["flags"] = flags


MUTANTS: dict[str, Callable[[Result, Answer], None]] = {
    mutant.__name__: mutant
    for mutant in (
        iterates_a_set,
        hashes,
        shows_an_address,
        looks_at_the_clock,
        looks_at_the_date,
        asks_the_time_zone,
        draws_lots,
        keeps_a_secret,
        asks_its_surroundings,
        sorts_by_locale,
        writes_numbers_by_locale,
        encodes_by_locale,
        acts_in_an_assertion,
    )
}


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """Let the contract have this hazard meanwhile."""
    to_json = Result.to_json

    def mutant(result: Result) -> Answer:
        answer = to_json(result)
        MUTANTS[name](result, answer)
        return answer

    Result.to_json = mutant
    try:
        yield
    finally:
        Result.to_json = to_json
