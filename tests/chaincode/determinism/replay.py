"""Replay recorded transactions: `python -m tests.chaincode.determinism.replay FILE OUT [--poison]`.

Writes JSON: the SHA-256 of each transaction's reads, writes and answer, the same of the first
transactions under every mutant, and the locale that is in force, which must be the environment's.
With `--poison`, whatever a contract must not use raises.
"""

import asyncio
import json
import locale
import os
import random
import secrets
import socket
import sys
import time
import uuid
from itertools import islice
from pathlib import Path
from typing import NoReturn

from tests.chaincode.determinism.mutants import MUTANTS, mutated
from tests.chaincode.determinism.transactions import load
from tests.memory_ledger import MemoryLedger

MUTANT_TRANSACTIONS = 5


def digests(path: Path, most: int | None = None) -> list[str]:
    found = []
    for transaction, state in islice(load(path), most):
        ledger = MemoryLedger(state)
        response = ledger.run(transaction)
        found.append(ledger.stub.digest(response))
    return found


def poison() -> None:
    """Make the clock, chance and the outside world unusable."""

    def forbidden(*_arguments: object, **_named: object) -> NoReturn:
        raise RuntimeError("a contract must not ask")

    for owner, names in {
        time: ("time", "time_ns", "monotonic", "localtime", "strftime", "perf_counter"),
        random: ("random", "randint", "choice", "getrandbits", "shuffle"),
        secrets: ("token_bytes", "token_hex", "randbelow"),
        os: ("urandom", "getenv", "listdir", "open", "getpid"),
        uuid: ("uuid1", "uuid4"),
        socket: ("socket", "getaddrinfo"),
        asyncio: ("get_running_loop", "sleep"),
    }.items():
        for name in names:
            setattr(owner, name, forbidden)


def main(arguments: list[str]) -> None:
    source, target, *options = arguments
    path = Path(source)
    in_force = locale.setlocale(locale.LC_ALL, "")  # raises where the host has no such locale
    mutants = {}
    for name in MUTANTS:
        with mutated(name):
            mutants[name] = digests(path, MUTANT_TRANSACTIONS)
    if "--poison" in options:
        poison()
    outcome = {"locale": in_force, "digests": digests(path), "mutants": mutants}
    Path(target).write_text(json.dumps(outcome))


if __name__ == "__main__":
    main(sys.argv[1:])
