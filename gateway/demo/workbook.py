"""The demo town as a workbook: what an office would have typed in, for `gateway.setup`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from chaincode.registry.records import REGISTRAR
from gateway.demo.town import CONSIGNED_UNTIL, Person, Town
from gateway.device.keyring import Key
from gateway.setup.places import TownFiles
from gateway.setup.register import Register
from gateway.setup.sheets import DEMO, MAKE, YES
from gateway.setup.template import Rows
from gateway.town.catalogue import YIELD_KG_PER_10A
from gateway.town.names import CROPS

Row = Mapping[str, str | int]

PHONE: Final = "0000-00-0000"  # nobody's
DISTRICTS: Final = {"A": ("北", "Kita"), "B": ("南", "Minami"), "C": ("中", "Naka")}
PACKINGS: Final = (
    *(("carrot", "袋", 500), ("carrot", "コンテナ", 15_000), ("cabbage", "箱", 10_000)),
    *(("daikon", "本", 1_000), ("onion", "袋", 1_500), ("eggplant", "袋", 400)),
    *(("okra", "袋", 100), ("lettuce", "箱", 6_000), ("sweet-potato", "コンテナ", 20_000)),
)
INPUTS: Final = (
    ("S001", "牛ふん堆肥", "Cattle manure compost", "fertiliser"),
    ("S002", "油かす", "Oil cake", "fertiliser"),
    ("S003", "苦土石灰", "Dolomitic lime", "soil"),
)
NORMS: Final = (  # pesticide uses; nitrogen and harvest, kg per 10 a
    ("carrot", 10, 16, 3_200),
    ("cabbage", 18, 26, 4_500),
    ("eggplant", 30, 40, 7_000),
)
PROPOSED: Final = (("farm-a", "shop-a"),)  # consignments that wait for a second signature
GRADES: Final = (
    ("gold", "金", "Gold", 0, 0),
    ("silver", "銀", "Silver", 20, 20),
    ("bronze", "銅", "Bronze", 50, 50),
)


def rows(town: Town) -> Rows:
    """Return the workbook's rows: the town's people by their handles, its farms' plots."""
    return {
        "town": [
            {
                "name": town.constitution.title,
                "kind": DEMO,
                "offset_minutes": "+9:00",
                "office": "役場",
                "office_english": "Town hall",
                "phone": PHONE,
            }
        ],
        "organisations": [
            {
                "code": one.id,
                "msp": one.msp,
                "kind": one.kind,
                "title": one.title,
                "roles": "、".join(one.roles),
            }
            for one in town.constitution.organisations
        ],
        "districts": [
            {"code": f"45383-{code}", "name": ja, "english": en}
            for code, (ja, en) in DISTRICTS.items()
        ],
        "parties": [
            {
                "code": handle,
                "organisation": person.organisation,
                "kind": person.party_kind,
                "name": person.name[0],
                "english": person.name[1],
                "publish": YES,
            }
            for handle, person in _everyone(town).items()
        ],
        "people": [
            {
                "code": handle,
                "party": handle,
                "name": person.name[0],
                "role": person.role or REGISTRAR,
                "since": town.since,
                "key": MAKE,
            }
            for handle, person in _everyone(town).items()
        ],
        "plots": [
            {
                "code": handle,
                "party": handle,
                "district": f"45383-{handle[-1].upper()}",
                "area": "3反",
            }
            for handle in town.plots
        ],
        "consignments": [
            {
                "producer": producer,
                "shop": shop,
                "since": town.since,
                "until": CONSIGNED_UNTIL,
            }
            for producer, shop in PROPOSED
        ],
        "crops": [{"code": code, "name": ja, "english": en} for code, (ja, en) in CROPS.items()],
        **_catalogue(town.since),
    }


def _catalogue(since: str) -> Mapping[str, Sequence[Row]]:
    return {
        "packings": [
            {"crop": crop, "unit": unit, "grams": grams, "since": since}
            for crop, unit, grams in PACKINGS
        ],
        "inputs": [
            {
                "code": code,
                "name": ja,
                "english": en,
                "kind": kind,
                "organic": YES,
                "since": since,
            }
            for code, ja, en, kind in INPUTS
        ],
        "norms": list(_norms(since)),
        "grades": [
            {
                "code": code,
                "name": ja,
                "english": en,
                "rank": rank,
                "pesticide_percent": pesticide,
                "nitrogen_percent": nitrogen,
                "since": since,
            }
            for rank, (code, ja, en, pesticide, nitrogen) in enumerate(GRADES, start=1)
        ],
    }


def _norms(since: str) -> Iterator[Row]:
    for crop, uses, nitrogen, harvest in NORMS:
        measured = {
            "pesticide-uses": uses,
            "nitrogen-kg-per-10a": nitrogen,
            YIELD_KG_PER_10A: harvest,
        }
        for measure, value in measured.items():
            yield {"crop": crop, "measure": measure, "value_tenths": value, "since": since}


def settled(town: Town, files: TownFiles) -> Town:
    """Return the town with the pseudonyms and keys that setting it up has given its people."""
    register = Register.look(files.register)
    try:
        assert register.constitution is not None  # noqa: S101 - it has been set up
        entries = {key: entry.id for key, entry in register.entries.items()}
        constitution, ledger = register.constitution, register.ledger
    finally:
        register.close()

    def settle(handle: str, person: Person) -> Person:
        return replace(
            person,
            actor=entries["people", handle],
            party=entries["parties", handle],
            device=Key.load(files.key(handle)).device,
        )

    return replace(
        town,
        constitution=constitution,
        ledger=ledger,
        registrars={
            name: settle(f"registrar-{name}", person) for name, person in town.registrars.items()
        },
        people={handle: settle(handle, person) for handle, person in town.people.items()},
        plots={handle: entries["plots", handle] for handle in town.plots},
    )


def _everyone(town: Town) -> dict[str, Person]:
    registrars = {f"registrar-{name}": person for name, person in town.registrars.items()}
    return {**registrars, **town.people}
