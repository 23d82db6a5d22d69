"""Submits to an embedded ledger until it is killed; a line on stdout per acknowledged command.

Run by test_crash.py: `python submitter.py LEDGER RUN`. Eight submitters at once, so that blocks
hold several transactions. A line says: command id, transaction id, block number.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from gateway.ledgers.embedded import EmbeddedLedger
from tests.gateway.toy_contract import ToyContract, command


async def submit_for_ever(ledger, name):
    for i in itertools.count():
        wire_id = f"{name}-{i}"
        wire = command(wire_id, count=f"n/{name}", set={f"done/{wire_id}": 1})
        receipt = await ledger.submit([wire])
        # One write call per line: a kill leaves whole lines, or none of the last.
        os.write(1, f"{wire_id} {receipt.tx_id} {receipt.block_number}\n".encode())


async def main(path, run):
    ledger = await EmbeddedLedger.open(path, contract=ToyContract())
    os.write(1, b"open\n")
    await asyncio.gather(*(submit_for_ever(ledger, f"r{run}s{i}") for i in range(8)))


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
