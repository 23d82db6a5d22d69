"""What people do with lots beyond harvest and hand-over, in a world that must accept it.

    lot = deeds.claim(world, "shopkeeper", of="farmer", quantity_g=5_000)

Each returns the id of what came into being: a lot, a shipment, a recall; else of the command.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chaincode.base.overlay import decode_state
from chaincode.lots.records import Holding, Lot, Shipment
from tests.chaincode.balance import is_balanced
from tests.chaincode.pen import derived_id, pseudonym, sha256_hex
from tests.chaincode.world import NOW, World

Part = tuple  # (lot, grams put in, grams of these in each child), and at times the owner's handle
PLOTS = {"farmer": "field", "neighbour": "paddy"}
BASIS = {"kind": "safety", "cause": "residue", "scope": "lot"}


def arrive(
    world: World, by: str, lot: str, *, of: str, counted_g: int, crop: str = "carrot"
) -> str:
    body = {"lot": lot, "party": world.party(by)}
    closed = {"producer": world.party(of), "crop": crop, "counted_g": counted_g}
    return world.act(by, "lot.arrive", body, closed)


def claim(world: World, by: str, *, of: str, quantity_g: int) -> str:
    """Let goods arrive of a lot that its producer has not recorded yet."""
    lot = world.name(of)["id"]
    arrive(world, by, lot, of=of, counted_g=quantity_g)
    return lot


def claim_unasked(
    world: World, by: str, lot: str, *, of: str, counted_g: int, crop: str = "carrot"
) -> str:
    """Claim goods that came without their producer's consent."""
    body = {"lot": lot, "party": world.party(by)}
    closed = {"producer": world.party(of), "crop": crop, "counted_g": counted_g}
    return world.act(by, "lot.claim", body, closed)


def correct_claim(world: World, by: str, lot: str, *, of: str, claimed_g: int) -> str:
    body = {"lot": lot, "party": world.party(by), "reason": "typing"}
    closed = {"producer": world.party(of), "claimed_g": claimed_g}
    return world.act(by, "lot.correct_claim", body, closed)


def accept(world: World, by: str, lot: str, *, holder: str, claimed_g: int, accepted_g: int) -> str:
    """Let the producer answer such a claim."""
    body = {"lot": lot, "party": world.party(by)}
    grams = {"claimed_g": claimed_g, "accepted_g": accepted_g}
    return world.act(by, "lot.accept_claim", body, {"holder": world.party(holder), **grams})


def unasked_g(world: World, holder: str, lot: str, of: str) -> int:
    """Return how much somebody claims of a lot, and its producer has not answered."""
    record = world.ledger.record(f"claims/{world.party(holder)}") or {"claims": []}
    named = (lot, world.party(of))
    return sum(
        one["claimed_g"] for one in record["claims"] if (one["lot"], one["producer"]) == named
    )


def harvest_named(world: World, by: str, name: dict, quantity_g: int, **body: object) -> str:
    """Harvest a lot under a name drawn before."""
    named = {
        "lot": name["id"],
        "party": world.party(by),
        "id_nonce": name["id_nonce"],
        "index": name["index"],
        "plot": pseudonym(f"plot {PLOTS[by]}"),
        "crop": "carrot",
        **body,
    }
    closed = {"quantity_g": quantity_g, "estimated": False}
    return world.act(by, "lot.harvest", named, closed)


def correct_arrival(world: World, by: str, lot: str, *, of: str, was_g: int, counted_g: int) -> str:
    body = {"lot": lot, "party": world.party(by), "reason": "typing"}
    closed = {"producer": world.party(of), "was_g": was_g, "counted_g": counted_g}
    return world.act(by, "lot.correct_arrival", body, closed)


def deny(world: World, by: str, lot: str, *, holder: str, **denied: object) -> str:
    body = {"lot": lot, "party": world.party(by)}
    closed = {"holder": world.party(holder), **denied}
    return world.act(by, "lot.deny_claim", body, closed)


def take(world: World, verb: str, by: str, lot: str, quantity_g: int, of: str | None = None) -> str:
    """Sell, use up, or hand back grams; `of`: whose goods, if not one's own."""
    body = {"lot": lot, "party": world.party(by)}
    if verb == "discard":
        body["reason"] = "unsold"
    closed = {"quantity_g": quantity_g, **owner(world, of)}
    return world.act(by, f"lot.{verb}", body, closed)


def owner(world: World, handle: str | None) -> dict:
    """Return the member that says whose goods, where it is not the holder."""
    return {} if handle is None else {"owner": world.party(handle)}


def correct_outflow(
    world: World,
    by: str,
    lot: str,
    *,
    outflow: str,
    was_g: int,
    quantity_g: int,
    of: str | None = None,
) -> str:
    body = {
        "lot": lot,
        "party": world.party(by),
        "corrects": "ab" * 32,
        "outflow": outflow,
        "reason": "typing",
    }
    closed = {"was_g": was_g, "quantity_g": quantity_g, **owner(world, of)}
    return world.act(by, "lot.correct_outflow", body, closed)


def count(
    world: World,
    by: str,
    lot: str,
    counted_g: int,
    of: str | None = None,
    *,
    was_g: int | None = None,
) -> str:
    """Take stock of what is on record, unless it is said to have been something else."""
    body = {"lot": lot, "party": world.party(by), "reason": "miscount"}
    was_g = held(world, lot, by, of) if was_g is None else was_g
    closed = {"was_g": was_g, "counted_g": counted_g, **owner(world, of)}
    return world.act(by, "lot.take_stock", body, closed)


def hold(world: World, by: str, lot: str, of: str | None = None) -> str:
    body = {"lot": lot, "party": world.party(by), "reason": "suspicion"}
    return world.act(by, "lot.hold", body, owner(world, of))


def release(world: World, by: str, lot: str, of: str | None = None) -> str:
    return world.act(by, "lot.release", {"lot": lot, "party": world.party(by)}, owner(world, of))


def consign(
    world: World, by: str, lot: str, *, to: str, quantity_g: int, of: str | None = None
) -> str:
    """Ship goods that stay their owner's."""
    name = world.name(by)
    body = {
        "shipment": name["id"],
        "id_nonce": name["id_nonce"],
        "index": name["index"],
        "lot": lot,
        "party": world.party(by),
    }
    closed = {"recipient": world.party(to), "quantity_g": quantity_g, "consigned": True}
    world.act(by, "lot.ship", body, closed | owner(world, of))
    return name["id"]


def receive(
    world: World, by: str, lot: str, shipment: str, received_g: int, of: str | None = None
) -> str:
    """Count goods, also of such as stay their owner's."""
    body = {"shipment": shipment, "lot": lot, "party": world.party(by)}
    return world.act(by, "lot.receive", body, {"received_g": received_g, **owner(world, of)})


def send(
    world: World, by: str, lot: str, *, to: str, quantity_g: int, of: str | None = None
) -> str:
    """Ship: one's own goods are sold to the recipient, another's stay that one's."""
    if of is None:
        return world.ship(by, lot, to=to, quantity_g=quantity_g)
    return consign(world, by, lot, to=to, quantity_g=quantity_g, of=of)


def bring_back(world: World, by: str, lot: str, shipment: str, of: str | None = None) -> None:
    """Take back what one has shipped and nobody has received."""
    body = {"shipment": shipment, "lot": lot, "party": world.party(by)}
    world.act(by, "lot.return", body, {"sender": world.party(by), **owner(world, of)})


def hand_over(
    world: World, by: str, lot: str, *, to: str, quantity_g: int, of: str | None = None
) -> None:
    """Ship, and let the recipient count the same."""
    shipment = send(world, by, lot, to=to, quantity_g=quantity_g, of=of)
    receive(world, to, lot, shipment, quantity_g, of=of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as it can be signed: type, open and closed part."""

    type: str
    body: dict
    closed: dict

    @property
    def children(self) -> list[str]:
        return [child["lot"] for child in self.body["children"]]


def run(
    world: World,
    by: str,
    type_name: str,
    parts: Sequence[Part],
    children: Sequence[str],
    *,
    shares: str = "measured",
    nonce: str | None = None,
) -> Run:
    """Return a run that is not signed yet; `children`: the crop of each, or `crop/grade`."""
    nonce, party = nonce or world.nonce(), world.party(by)
    made = []
    for index, text in enumerate(children):
        crop, _, grade = text.partition("/")
        child = {"lot": derived_id(world.id, party, nonce, index), "index": index, "crop": crop}
        made.append(child | ({"grade": grade} if grade else {}))
    inputs = [
        {"quantity_g": quantity_g, "to_g": list(to_g), **owner(world, of[0] if of else None)}
        for _, quantity_g, to_g, *of in parts
    ]
    body = {
        "party": party,
        "id_nonce": nonce,
        "parents": [part[0] for part in parts],
        "children": made,
        "shares": shares,
    }
    return Run(type=type_name, body=body, closed={"salt": world.nonce(), "inputs": inputs})


def make(
    world: World,
    by: str,
    type_name: str,
    parts: Sequence[Part],
    children: Sequence[str],
    *,
    shares: str = "measured",
) -> Run:
    made = run(world, by, type_name, parts, children, shares=shares)
    world.act(by, made.type, made.body, made.closed)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorting:
    """A run of several commands as it is signed: by whom, how it begins, and its classes so far."""

    by: str
    body: dict
    closed: dict
    classes: list[tuple[dict, dict]] = field(default_factory=list)

    @property
    def lots(self) -> list[str]:
        """The lots that came out of it."""
        return [body["child"]["lot"] for body, _ in self.classes]


def sorting(
    world: World, by: str, parts: Sequence[tuple], *, crop: str = "carrot", shares: str = "measured"
) -> Sorting:
    """Return a run not begun yet; `parts`: of each parent the lot, the grams, perhaps its owner."""
    inputs = [
        {"quantity_g": grams, **owner(world, of[0] if of else None)} for _, grams, *of in parts
    ]
    body = {
        "party": world.party(by),
        "id_nonce": world.nonce(),
        "parents": [one[0] for one in parts],
        "crop": crop,
        "shares": shares,
    }
    return Sorting(by=by, body=body, closed={"salt": world.nonce(), "inputs": inputs})


def begin_sort(world: World, by: str, parts: Sequence[tuple], **how: str) -> Sorting:
    """Begin a run of several commands."""
    run = sorting(world, by, parts, **how)
    world.act(by, "lot.begin_sort", run.body, run.closed)
    return run


def class_of(
    world: World, run: Sorting, parts_g: Sequence[int], *, is_last: bool, grade: str | None = None
) -> tuple[dict, dict]:
    """Return the open and closed part of the next class of a run."""
    party, nonce = run.body["party"], run.body["id_nonce"]
    index = len(run.classes)
    child = {"lot": derived_id(world.id, party, nonce, index), "index": index}
    child |= {"crop": run.body["crop"]} | ({"grade": grade} if grade else {})
    parts = [
        {"to_g": grams, **{name: one[name] for name in one if name == "owner"}}
        for grams, one in zip(parts_g, run.closed["inputs"], strict=True)
    ]
    body = {"party": party, "id_nonce": nonce, "child": child, "is_last": is_last}
    return body, {"salt": world.nonce(), "parts": parts}


def sort_class(
    world: World, run: Sorting, parts_g: Sequence[int], *, is_last: bool, grade: str | None = None
) -> str:
    """Let the next class come out of a run; return its lot."""
    body, closed = class_of(world, run, parts_g, is_last=is_last, grade=grade)
    world.act(run.by, "lot.sort_class", body, closed)
    run.classes.append((body, closed))
    return body["child"]["lot"]


def sort_by_class(
    world: World, by: str, parts: Sequence[Part], classes: Sequence[str], *, shares: str
) -> list[str]:
    """Sort as `make` would, with a command for each class, `crop/grade`; return its lots."""
    crop = classes[0].partition("/")[0]
    inputs = [(lot, grams, *of) for lot, grams, _, *of in parts]
    run = begin_sort(world, by, inputs, crop=crop, shares=shares)
    for place, text in enumerate(classes):
        parts_g = [part[2][place] for part in parts]
        is_last = place == len(classes) - 1
        sort_class(world, run, parts_g, is_last=is_last, grade=text.partition("/")[2])
    return run.lots


def undo_class(world: World, run: Sorting) -> None:
    """Take the latest class back."""
    body, closed = run.classes.pop()
    world.act(run.by, "lot.undo_class", {"made": body, "reason": "typing"}, closed)


def undo_sort(world: World, run: Sorting) -> None:
    """Give the goods of a run without classes back."""
    body = {"begun": run.body, "reason": "typing"}
    world.act(run.by, "lot.undo_sort", body, run.closed)


def merge(world: World, by: str, *lots: str) -> str:
    """Merge all that someone's party holds of its own lots."""
    parts = [(lot, held_g, [held_g]) for lot in lots if (held_g := held(world, lot, by))]
    return make(world, by, "lot.merge", parts, ["carrot"]).children[0]


def unmake(world: World, by: str, made: Run) -> str:
    return world.act(by, "lot.unmake", unmaking(made), made.closed)


def unmaking(made: Run) -> dict:
    return {"type": made.type, "run": made.body, "reason": "typing"}


def held(world: World, lot: str, holder: str, of: str | None = None) -> int:
    """Return the grams on hand."""
    holding = world.holding(lot, holder, of)
    return holding["held_g"] if holding else 0


def declaration(
    world: World, by: str, roots: Sequence[str], crops: Sequence[str] = (), **basis: str
) -> dict:
    """Return the open part of a recall; `crops` where the lots are not read."""
    name = world.name(by)
    return {
        "recall": name["id"],
        "id_nonce": name["id_nonce"],
        "index": name["index"],
        "party": world.party(by),
        **BASIS,
        **basis,
        "roots": list(roots),
        **({"crops": list(crops)} if crops else {}),
    }


def recall(
    world: World, *roots: str, by: str = "coop-recaller", type_: str = "emergency", time: int = NOW
) -> str:
    """Recall at once."""
    body = declaration(world, by, roots, ["carrot"] if type_ == "drill" else ())
    world.act(by, f"recall.{type_}", body, time=time)
    return body["recall"]


def recall_by_two(
    world: World,
    *roots: str,
    by: str = "coop-recaller",
    second: str = "town-recaller",
    crops: Sequence[str] = ("carrot",),
    **basis: str,
) -> str:
    """Recall by two organisations; also what is on no record."""
    body = declaration(world, by, roots, crops, **basis)
    by_two(world, by, second, "recall.declare", body)
    return body["recall"]


def by_two(
    world: World, first: str, second: str, type_name: str, body: dict, closed: dict | None = None
) -> str:
    """Propose, and let someone else approve."""
    if closed is not None:
        closed = {"salt": world.nonce(), **closed}
    proposal = world.act(first, type_name, body, closed)
    approval = {
        "proposal": proposal,
        "proposer": {"device": world.kid(first), "actor": world.actor(first)},
        "type": type_name,
        "body": body,
    }
    return world.act(second, "proposal.approve", approval, closed)


def seen(world: World, recall_id: str) -> dict:
    """Return the members by which a command names a recall as it is now."""
    return {"recall": recall_id, "entry": world.ledger.record(f"recall/{recall_id}")["entry"]}


def end(world: World, recall_id: str, verb: str = "lift") -> str:
    """Lift or close a recall."""
    reason = {"reason": "no-fault-found"} if verb == "lift" else {}
    body = seen(world, recall_id) | reason
    return by_two(world, "coop-recaller", "town-recaller", f"recall.{verb}", body)


def open_stock(world: World, by: str, quantity_g: int, crop: str = "rice") -> str:
    """Enter produce from before the ledger."""
    name = world.name(by)
    body = {
        "lot": name["id"],
        "party": world.party(by),
        "id_nonce": name["id_nonce"],
        "index": name["index"],
        "crop": crop,
        "harvested_at": "2025-10-01T00:00:00Z",
        "document": sha256_hex(b"papers"),
    }
    closed = {"quantity_g": quantity_g, "estimated": False}
    by_two(world, by, "inspector", "lot.open", body, closed)
    return name["id"]


def stick(
    world: World, by: str, lot: str, *, roll: str | None = None, first: int = 1, count: int = 50
) -> str:
    """Bind stickers to a lot, by default of a new roll; return the roll."""
    named = {"roll": roll} if roll else new_roll(world, by)
    body = {**named, "party": world.party(by), "first": first, "count": count, "lot": lot}
    world.act(by, "label.bind", body)
    return named["roll"]


def new_roll(world: World, by: str) -> dict:
    """Return the members by which the first binding of a new roll names it."""
    name = world.name(by)
    return {"roll": name["id"], "id_nonce": name["id_nonce"], "index": name["index"]}


def peel(world: World, by: str, roll: str, *, first: int = 1, count: int = 50) -> None:
    """Unbind stickers."""
    body = {"roll": roll, "party": world.party(by), "first": first, "count": count}
    world.act(by, "label.unbind", body | {"reason": "wrong-lot"})


def scanned(world: World, roll: str, number: int = 1) -> str | None:
    """Return the lot that a shopper's sticker leads to, if any."""
    ranges = world.ledger.record(f"roll/{roll}")["ranges"]
    return next((one["lot"] for one in ranges if one["first"] <= number <= one["last"]), None)


def records(world: World, shape: type, prefix: str) -> dict[str, object]:
    """Return every record of a kind, by the rest of its key."""
    return {
        key.removeprefix(prefix): decode_state(shape, raw)
        for key, raw in world.ledger.state.items()
        if key.startswith(prefix)
    }


def assert_balanced(world: World) -> None:
    """Assert the mass balance of every lot."""
    holdings = records(world, Holding, "holding/")
    shipments = records(world, Shipment, "shipment/").values()
    for lot_id, lot in records(world, Lot, "lot/").items():
        theirs = [one for key, one in holdings.items() if key.startswith(f"{lot_id}/")]
        assert is_balanced(lot, theirs, [one for one in shipments if one.lot == lot_id]), lot_id
