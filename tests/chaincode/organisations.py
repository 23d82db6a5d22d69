"""Ledgers of any number of organisations, and what their registrars do to each other.

    world = standing(5)
    suspend(world, "a", by=("b", "c", "d"))
    assert until(world, "a") == "2026-05-31"

Organisations are called by letters, each with a registrar, a recall officer, a farm with a farmer
and an inspector. An auditor is one of them, and decides about none.
"""

from collections.abc import Sequence
from functools import cache

from tests.chaincode.pen import bits128, canonical, pseudonym, sha256_hex
from tests.chaincode.world import NOW, SINCE, TODAY, Person, World
from tests.identities import creator
from tests.memory_ledger import MemoryLedger

ROLES = ("registrar", "land-registrar", "recall-officer", "inspector", "farmer")
OFFICERS = {"recaller": "recall-officer", "surveyor": "land-registrar", "inspector": "inspector"}
UNTIL = "2026-05-31"


def letters(count: int) -> tuple[str, ...]:
    return tuple("abcdefghijklmno"[:count])


def msp(organisation: str) -> str:
    return f"{organisation.upper()}MSP"


def constitution(count: int) -> dict:
    """Return a constitution of so many organisations and an auditor."""
    return {
        "id": bits128(f"constitution of {count}"),
        "title": "みのり町",
        "utc_offset_minutes": 540,
        "demo": False,
        "families": ["lots", "plots", "proposals", "recalls", "registry"],
        "organisations": [
            *(
                {
                    "id": one,
                    "msp": msp(one),
                    "kind": "cooperative",
                    "title": one,
                    "roles": list(ROLES),
                }
                for one in letters(count)
            ),
            {
                "id": "auditor",
                "msp": "AuditorMSP",
                "kind": "auditor",
                "title": "監査人",
                "roles": ["auditor"],
            },
        ],
    }


def standing(count: int) -> World:
    """Return a world of one's own with so many organisations, everyone entered."""
    return _standing(count).copy()


@cache
def _standing(count: int) -> World:
    founding = constitution(count)
    world = World(
        ledger=MemoryLedger(creator=creator("AMSP", "client")),
        id=sha256_hex(canonical(founding)),
        people={},
    )
    for one in letters(count):
        body = {"constitution": founding} if one == "a" else {}
        enter_registrar(world, one, **body)
        for handle, role in OFFICERS.items():
            enter(world, f"{one}-{handle}", one, f"{one}-office", role)
        farm = {"party": pseudonym(f"party {one}-farm"), "kind": "farm"}
        world.act(f"{one}-registrar", "party.register", farm)
        enter(world, f"{one}-farmer", one, f"{one}-farm", "farmer")
        plot = {"plot": pseudonym(f"plot {one}"), "district": "45383-MINAMI"}
        world.act(f"{one}-surveyor", "plot.register", plot | {"party": farm["party"]})
    return world


def enter_registrar(world: World, organisation: str, **members: object) -> None:
    """Let an organisation's admin set its registrar."""
    handle = f"{organisation}-registrar"
    world.people[handle] = Person.of(handle, organisation, f"{organisation}-office")
    body = world.bootstrap(organisation, **members)
    wire = world.write(handle, "registry.bootstrap", body)
    assert world.submit(wire, creator=creator(msp(organisation))) == ["ACCEPTED"]


def enter(world: World, handle: str, organisation: str, party: str, role: str) -> None:
    """Let a registrar enter somebody with a role and a device."""
    person = world.people[handle] = Person.of(handle, organisation, party)
    roles = [{"role": role, "since": SINCE}]
    body = {"actor": person.actor, "party": person.party, "roles": roles}
    world.act(f"{organisation}-registrar", "actor.register", body)
    world.enrol(handle, by=f"{organisation}-registrar")


def registrar_of(organisation: str) -> str:
    return f"{organisation}-registrar"


def vote(
    world: World, by: str, organisation: str, *, until: str = UNTIL, time: int = NOW
) -> list[str]:
    """Let somebody vote for an organisation's suspension; return the answer."""
    body = {"organisation": organisation, "reason": "key-stolen", "until": until}
    return world.submit(world.write(by, "organisation.suspend", body), time=time)


def suspend(world: World, organisation: str, *, by: Sequence[str], until: str = UNTIL) -> None:
    """Let these organisations vote, all accepted."""
    for one in by:
        assert vote(world, registrar_of(one), organisation, until=until) == ["ACCEPTED"]


def until(world: World, organisation: str) -> str | None:
    """Return the last day of a suspension, as the head has it."""
    organisations = world.ledger.record("contract/head")["organisations"]
    (found,) = (one for one in organisations if one["id"] == organisation)
    return found.get("suspended_until")


def is_suspended(world: World, organisation: str, today: str = TODAY) -> bool:
    """Whether an organisation's offices are suspended on a day."""
    last = until(world, organisation)
    return last is not None and today <= last
