"""The golden chain of rules version 1: one ledger's life, with every type of command.

Played once and committed, and from then on replayed by every later contract: a release that
answers otherwise has changed rules that were promised not to change.
"""

from tests.chaincode.drafts import Draft, build, types
from tests.chaincode.rejections import Fault, faults
from tests.chaincode.world import NOW, World, settled
from tests.memory_ledger import MemoryLedger

OF_THE_ENVELOPE = (
    {"ledger": "ab" * 32},
    {"prev": "ab" * 32},
    {"seq": 9_999},
    {"expires": "2026-04-15T00:00:00Z"},
    {"event_time": "2026-04-17T00:00:00Z"},
    {"event_time": "2026-01-01T00:00:00Z", "actor": "K" * 12},
)
LAST = ("constitution.amend", "mandate.revoke", "key.revoke")  # what ends something that others use


def played() -> World:
    """Found a ledger, enter everyone, and give every command, wrongly first and then rightly."""
    world = settled(World.unfounded())
    first = [name for name in types() if name not in ("registry.bootstrap", *LAST)]
    for number, type_name in enumerate((*first, *LAST)):
        draft = build(type_name, world)
        for wrong in faults(type_name):
            refuse(draft, wrong)
        last = draft.last()
        spoiled = last.copy()
        spoiled.world, spoiled.members = world, last.members | OF_THE_ENVELOPE[number % 6]
        spoiled.submit()
        assert last.submit()["code"] == "ACCEPTED", type_name
        last.submit()  # the same content under the next number: mostly refused now
    batch(world)
    return world


def refuse(draft: Draft, wrong: Fault) -> None:
    """Send a command with this fault, unless the fault would change the ledger for good."""
    tried = draft.copy()
    wrong.spoil(tried)
    if not tried.world.ledger.transactions and tried.world.id == draft.world.id:
        tried.world = draft.world
        assert tried.answer() == wrong.code, wrong.name


def batch(world: World) -> None:
    """Send many commands in one transaction, some of them no commands at all."""
    lot = world.harvest("neighbour", 1_000, "paddy")
    body = {"lot": lot, "party": world.party("neighbour")}
    wires = [world.write("neighbour", "lot.sell", body, {"quantity_g": 300}) for _ in range(5)]
    world.submit(b"", *wires, wires[0], b"no command", time=NOW + 8 * 86_400)


def to_json(ledger: MemoryLedger, *, rules: int = 1) -> dict:
    """Return the file's content: transactions with their answers, and the state at the end."""
    replayed = MemoryLedger(contract=ledger.contract)
    creators: list[dict] = []
    rows = []
    for transaction in ledger.transactions:
        creator = {
            "msp_id": transaction.creator.msp_id,
            "certificate_pem": transaction.creator.certificate_pem.decode(),
        }
        if creator not in creators:
            creators.append(creator)
        response = replayed.run(transaction)
        rows.append(
            {
                "function": transaction.function,
                "args": [argument.decode() for argument in transaction.args],
                "time": transaction.time,
                "creator": creators.index(creator),
                "status": response.status,
                "payload": response.payload.decode(),
                "digest": replayed.stub.digest(response),
            }
        )
    return {
        "rules": rules,
        "creators": creators,
        "transactions": rows,
        "state": {key: value.decode() for key, value in sorted(replayed.state.items())},
        "state_digest": replayed.digest(),
    }
