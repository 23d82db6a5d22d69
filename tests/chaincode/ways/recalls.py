"""Mistakes with recalls: too narrow, too wide, of the wrong lot, ended too early."""

from tests.chaincode import deeds
from tests.chaincode.ways import way
from tests.chaincode.world import World


def sell(world: World, lot: str) -> str:
    """Sell a gram, and return the answer."""
    body = {"lot": lot, "party": world.party("farmer")}
    return world.submit(world.write("farmer", "lot.sell", body, {"quantity_g": 1}))[0]


@way("recall.declare", "Before the approval: `proposal.withdraw`.")
def withdrawn_before_it_stopped_anything(world: World) -> None:
    lot = world.harvest("farmer", 1_000)
    body = deeds.declaration(world, "coop-recaller", [lot])
    proposal = world.act("coop-recaller", "recall.declare", body)
    world.act("coop-recaller", "proposal.withdraw", {"proposal": proposal})
    assert sell(world, lot) == "ACCEPTED"


@way(
    "recall.declare",
    "Too narrow: `recall.extend`; too wide, or of the wrong lots: `recall.lift`, and declare anew.",
)
@way(
    "recall.emergency", "As of `recall.declare`; unconfirmed, it stays in force until it is lifted."
)
@way("recall.confirm", "`recall.lift`.")
def extended_then_lifted_and_declared_anew(world: World) -> None:
    wrong, missing, right = (world.harvest("farmer", 1_000) for _ in range(3))
    mistaken = deeds.recall(world, wrong)
    body = {"recall": mistaken, "roots": [missing]}
    world.act("shops-recaller", "recall.extend", body)
    world.act("town-recaller", "recall.confirm", {"recall": mistaken})
    assert [sell(world, lot) for lot in (wrong, missing, right)] == [
        "RECALLED",
        "RECALLED",
        "ACCEPTED",
    ]
    deeds.end(world, mistaken, "lift")
    deeds.by_two(
        world,
        "coop-recaller",
        "shops-recaller",
        "recall.declare",
        deeds.declaration(world, "coop-recaller", [right]),
    )
    assert [sell(world, lot) for lot in (wrong, missing, right)] == [
        "ACCEPTED",
        "ACCEPTED",
        "RECALLED",
    ]


@way(
    "recall.extend",
    "No lot is taken out of a recall: `recall.lift`, and declare anew for the others.",
)
def lifted_and_declared_for_the_others(world: World) -> None:
    lot, mistaken = world.harvest("farmer", 1_000), world.harvest("farmer", 1_000)
    recall = deeds.recall(world, lot)
    world.act("coop-recaller", "recall.extend", {"recall": recall, "roots": [mistaken]})
    deeds.end(world, recall, "lift")
    deeds.recall(world, lot)
    assert (sell(world, lot), sell(world, mistaken)) == ("RECALLED", "ACCEPTED")


@way("recall.lift", "Declare anew, under a new id.")
@way("recall.close", "Declare anew, under a new id.")
def declared_anew(world: World) -> None:
    for verb in ("lift", "close"):
        lot = world.harvest("farmer", 1_000)
        deeds.end(world, deeds.recall(world, lot), verb)
        assert sell(world, lot) == "ACCEPTED"
        deeds.recall(world, lot)
        assert sell(world, lot) == "RECALLED"


@way("recall.drill", "Nothing is to be put right: a drill stops no goods.")
def a_drill(world: World) -> None:
    lot = world.harvest("farmer", 1_000)
    deeds.recall(world, lot, type_="drill")
    assert sell(world, lot) == "ACCEPTED"
