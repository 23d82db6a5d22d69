"""A whole gateway without HTTP, on files, until it is killed.

Driven by test_crash.py: `FOLDER`. Each line of `FOLDER/wires` is one command; `|` parts
the devices, which send at the same time, one request after the other. A line on stdout says
`accepted <id>` or `answered <id> <code>`; the last, when all is done, `done`.
"""

import asyncio
from pathlib import Path

from chaincode.contract import MinoriContract
from gateway.intake import Intake, Outbox, Projected
from gateway.ledgers.embedded import EmbeddedLedger
from gateway.projection import Follower, Projection
from tests.gateway.intake.forked import say, serve


async def send(intake, wires):
    for start in range(0, len(wires), 3):
        statuses = await intake.accept(wires[start : start + 3])
        for status in statuses:
            say("accepted", status.id)
        answers = await intake.wait([status.id for status in statuses], 0.02)
        for command_id, answer in answers.items():
            if answer is not None:
                say("answered", command_id, answer.code)


async def main(folder):
    ledger = await EmbeddedLedger.open(folder / "ledger.sqlite", contract=MinoriContract())
    projection = await Projection.open(f"sqlite:///{folder / 'projection.sqlite'}")
    outbox = await Outbox.open(folder / "outbox.sqlite")
    known = Projected(projection, ledger)
    intake = Intake(ledger=ledger, outbox=outbox, devices=known, record=known)
    follower = Follower(ledger, projection)
    follower.listeners.append(intake.notice)
    await follower.start()
    await intake.start()
    say("open")
    devices = [
        [line.encode() for line in part.split()]
        for part in (folder / "wires").read_text().split("|")
    ]
    await asyncio.gather(*(send(intake, wires) for wires in devices))
    while await outbox.waiting():  # noqa: ASYNC110 - the outbox calls nobody
        await asyncio.sleep(0.01)
    await intake.stop()
    await follower.stop()
    await outbox.close()
    await projection.close()
    await ledger.close()
    say("done")


serve(lambda folder: asyncio.run(main(Path(folder))))
