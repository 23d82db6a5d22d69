"""Every command, every code and every function, run once and noted."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations

from chaincode.base.errors import Code
from chaincode.registry.founding import BOOTSTRAP
from tests.chaincode.determinism.transactions import Recording
from tests.chaincode.drafts import build, types, valid
from tests.chaincode.pen import canonical
from tests.chaincode.rejections import commons, faults, spoiled
from tests.chaincode.test_contract import demo
from tests.chaincode.test_sequence import drawn, sales
from tests.chaincode.world import NOW, World
from tests.golden.spoiled import commands as bad_commands
from tests.golden.texts import BAD as BAD_TEXTS
from tests.memory_ledger import MemoryLedger


@contextmanager
def recorded() -> Iterator[Recording]:
    """Note every transaction that any memory ledger runs meanwhile."""
    recording = Recording()
    MemoryLedger.observe = recording.note
    try:
        yield recording
    finally:
        MemoryLedger.observe = None


def everything() -> Recording:
    """Return every command, every code, every function, and batches drawn from seeds."""
    worlds = [*map(drawn, range(15)), *map(mixed, range(90))]
    with recorded() as recording:
        for type_name in types():
            assert valid(type_name).answer() == "ACCEPTED"
            for one, other in combinations(faults(type_name), 2):
                if one.is_compatible(other):
                    spoiled(valid(type_name), one, other).submit()
            common = [] if type_name == BOOTSTRAP else commons(type_name)
            for one in (*faults(type_name), *common):
                spoiled(valid(type_name), one).submit()
        for seed, (world, wires) in enumerate(worlds):
            for batch in batches(seed, wires):
                world.submit(*batch)
        world = World.standing()
        for wire, _ in bad_commands().values():
            world.submit(wire)
        world.submit(*(text for text, _ in BAD_TEXTS.values()))
        poison(World.standing())
        stand_down(World.standing())
        functions(World.standing())
    return recording


def mixed(seed: int) -> tuple[World, list[bytes]]:
    """Return a world and commands of a dozen types in it, half of them twice, in any order.

    Each is by whoever gives such, and finds what others of its transaction have left.
    """
    draw, world = random.Random(seed), World.standing()
    names = draw.sample([name for name in types() if name != BOOTSTRAP], 12)
    drafts = [build(name, world) for name in names]
    order = [*drafts, *drafts[::2]]
    draw.shuffle(order)
    wires = []
    for draft in order:
        wires.append(world.write(draft.by, draft.type, draft.body, draft.closed))
        if draft.approver:
            second = draft.approval_of(world.sequence[draft.by][1])
            wires.append(world.write(second.by, second.type, second.body, second.closed))
    return world, wires


def batches(seed: int, wires: list[bytes]) -> Iterator[list[bytes]]:
    """Cut commands into a few at a time, now and then many."""
    draw, rest = random.Random(seed), list(wires)
    while rest:
        count = draw.choice([2, 2, 3, 3, 4, 5, 30])
        yield rest[:count]
        rest = rest[count:]


def stand_down(world: World) -> None:
    """Let an officer of a suspended organisation sign."""
    for by in ("shops-registrar", "town-registrar"):
        body = {"organisation": "coop", "reason": "silent", "until": "2026-05-31"}
        world.act(by, "organisation.suspend", body)
    body = {"party": "K" * 12, "kind": "farm"}
    codes = world.submit(world.write("coop-registrar", "party.register", body))
    assert codes == [str(Code.ORGANISATION_SUSPENDED)]


def poison(world: World) -> None:
    """Let the contract itself fail: a state value that it never wrote."""
    lot = world.harvest("farmer", 10)
    (wire,) = sales(world, "farmer", 1, lot)
    party = world.party("farmer")
    world.ledger.state[f"holding/{lot}/{party}/{party}"] = b'{"v":1,"held_g":"ten"}'
    assert world.ledger.submit(wire, time=NOW) == [str(Code.CONTRACT_FAULT)]


def functions(world: World) -> None:
    """Call every function, and be refused in every way."""
    keys = [key.encode() for key in world.ledger.state]
    world.ledger.invoke("query", *keys, b"lot/none", time=NOW)
    world.ledger.invoke("query", time=NOW)
    world.ledger.invoke("version", time=NOW)
    for type_name in ("lot.arrive", "lot.sort", "recall.emergency"):
        draft = valid(type_name)
        draft.world.ledger.invoke("dry_run", draft.wire(), b"x", time=NOW)
    world.ledger.invoke("dry_run", time=NOW)
    world.ledger.invoke("init", time=NOW)
    world.ledger.invoke("submit", time=NOW)
    world.ledger.invoke("submit_at", b"1", b"x", time=NOW)
    story = demo()
    for at in (NOW + 1, NOW):
        wire = story.write("coop-registrar", "party.register", {"party": "K" * 12, "kind": "farm"})
        story.ledger.invoke("submit_at", str(at).encode(), wire, time=NOW)
    head = world.ledger.record("contract/head")
    world.ledger.state["contract/head"] = canonical(head | {"rules": 9})
    world.ledger.invoke("submit", b"x", time=NOW)
