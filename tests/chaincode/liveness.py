"""What happens to each act when one organisation refuses for a month, and the way out.

    @row("ground rules …", two="waits", three="two others sign", five="two others sign", way="…")
    def amended_by_two_others(world: World, count: int) -> None:
        ...

`chaincode/README.md` takes its table from here, so no row stands there without a story, which a
test plays on ledgers of two, three and five organisations. The one that refuses is `a`: none of
its officers signs anything; its people do. The month is over in each: what was open has ended.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from tests.chaincode import deeds
from tests.chaincode.organisations import (
    constitution,
    letters,
    msp,
    registrar_of,
    suspend,
    until,
    vote,
)
from tests.chaincode.pen import Pen, pseudonym, sha256_hex
from tests.chaincode.world import SINCE, Person, World
from tests.identities import creator

COUNTS = (2, 3, 5)
Story = Callable[[World, int], None]
ON = "goes on"
WAITS = "waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table, and the story that shows all its cells.

    Attributes:
        cells: By how many organisations there are besides auditors.
        way: Out, where it waits.
    """

    act: str
    cells: dict[int, str]
    way: str
    story: Story


ROWS: list[Row] = []


def row(act: str, *, two: str, three: str, five: str, way: str) -> Callable[[Story], Story]:
    """Enter the decorated story as what shows a line of the table."""

    def enter(story: Story) -> Story:
        cells = dict(zip(COUNTS, (two, three, five), strict=True))
        ROWS.append(Row(act=act, cells=cells, way=way, story=story))
        return story

    return enter


def table() -> str:
    """Return the table as Markdown."""
    lines = ["| act | of two | of three | of five | way out |", "|---|---|---|---|---|"]
    lines += [f"| {one.act} | {' | '.join(one.cells.values())} | {one.way} |" for one in ROWS]
    return "\n".join(lines)


def code(world: World, by: str, type_name: str, body: dict) -> str:
    """Let somebody give a command, and return the answer."""
    return world.submit(world.write(by, type_name, body))[0]


def code_of_two(world: World, first: str, second: str, type_name: str, body: dict) -> str:
    """Let two propose and approve, and return the approval's answer."""
    approval = {
        "proposal": world.act(first, type_name, body),
        "proposer": {"device": world.kid(first), "actor": world.actor(first)},
        "type": type_name,
        "body": body,
    }
    return code(world, second, "proposal.approve", approval)


def by_others(world: World, count: int, type_name: str, body: dict) -> None:
    """Let two others do it where there are two; where there is one, it needs the one that refuses.

    One alone can't: whoever of its people signs second is of the same organisation.
    """
    colleague(world, "b-deputy", "registrar")
    alone = code_of_two(world, "b-registrar", "b-deputy", type_name, body)
    assert alone == "NOT_INDEPENDENT"
    if count > 2:
        deeds.by_two(world, "b-registrar", "c-registrar", type_name, body)


def colleague(world: World, handle: str, role: str) -> None:
    """Let the registrar of `b` enter one more person with a role."""
    person = world.people[handle] = Person.of(handle, "b", "b-office")
    roles = [{"role": role, "since": SINCE}]
    entry = {"actor": person.actor, "party": person.party, "roles": roles}
    world.act("b-registrar", "actor.register", entry)
    world.enrol(handle, by="b-registrar")


def suspend_a(world: World, count: int) -> None:
    """Let as many others suspend `a` as are needed, one of five refusing as well."""
    suspend(world, "a", by={3: ("b", "c"), 5: ("b", "d", "e")}[count])
    assert until(world, "a") is not None


def next_registrar(world: World) -> str:
    """Let the admin of `a` set another registrar, and return who it is."""
    person = world.people["a-next"] = Person.of("a-next", "a", "a-office")
    old = world.ledger.record("registrar/a")
    body = world.bootstrap("a") | {
        "jwk": person.pen.jwk,
        "actor": person.actor,
        "replaces": {"device": old["device"], "actor": old["actor"]},
    }
    wire = world.write("a-next", "registry.bootstrap", body)
    assert world.submit(wire, creator=creator(msp("a"))) == ["ACCEPTED"]
    return "a-next"


def harvest(world: World, organisation: str) -> str:
    return world.harvest(f"{organisation}-farmer", 1_000, plot=organisation)


@row(
    "What people of any organisation do for themselves: goods, labels, recalls of their own, "
    "`mandate.grant`, their own `key.revoke`",
    two=ON,
    three=ON,
    five=ON,
    way="None is needed, also while the organisation is suspended.",
)
def people_go_on(world: World, count: int) -> None:
    if count > 2:
        suspend_a(world, count)
    lot = harvest(world, "a")
    deeds.take(world, "sell", "a-farmer", lot, 400)
    world.mandate("a-farmer", "b-farmer", "lot.sell")
    body = {"lot": lot, "party": world.party("a-farmer")}
    for_farmer = {"on_behalf": world.actor("a-farmer")}
    world.act("b-farmer", "lot.sell", body, {"quantity_g": 100}, **for_farmer)
    own = {"device": world.kid("a-farmer"), "actor": world.actor("a-farmer")}
    world.act("a-farmer", "key.revoke", own)


@row(
    "Its people, roles and keys: `party.register`, `actor.register`, `actor.grant`, `key.enrol`",
    two=WAITS,
    three=WAITS,
    five=WAITS,
    way="Its admin sets another registrar (`registry.bootstrap`). Another organisation enters "
    "newcomers as its own people.",
)
def its_registry_waits_for_its_admin(world: World, count: int) -> None:
    farm, pen = world.party("a-farmer"), Pen("another phone")
    newcomer = {"actor": pseudonym("actor newcomer"), "party": farm, "roles": []}
    proof = pen.prove(world.id, world.actor("a-farmer"), "0" * 32)
    phone = {"actor": world.actor("a-farmer"), "jwk": pen.jwk, "kept": "browser", "proof": proof}
    phone["invitation"] = "0" * 32
    for other in letters(count)[1:]:
        assert code(world, registrar_of(other), "actor.register", newcomer) == (
            "NOT_YOUR_ORGANISATION"
        )
        assert code(world, registrar_of(other), "key.enrol", phone) == "NOT_YOUR_ORGANISATION"
    own = {"party": pseudonym("party new farm"), "kind": "farm"}
    world.act("b-registrar", "party.register", own)
    world.act("b-registrar", "actor.register", newcomer | {"party": own["party"]})
    by = next_registrar(world)
    world.act(by, "key.enrol", phone)
    world.act(by, "actor.register", newcomer | {"actor": pseudonym("actor another")})


@row(
    "A lost or stolen key of its people: `key.revoke`",
    two=WAITS,
    three=WAITS,
    five=WAITS,
    way="They end it themselves, with that or another key. Of three or more, others suspend it and "
    "two of them end the key (`key.revoke_jointly`). Or its admin sets another registrar.",
)
def keys_of_its_people(world: World, count: int) -> None:
    body = {"device": world.kid("a-farmer"), "actor": world.actor("a-farmer")}
    assert code(world, "b-registrar", "key.revoke", body) == "NOT_YOUR_ORGANISATION"
    alone = world.copy()
    alone.act("a-farmer", "key.revoke", body)
    replaced = world.copy()
    replaced.act(next_registrar(replaced), "key.revoke", body)
    if count > 2:
        early = code_of_two(world, "b-registrar", "c-registrar", "key.revoke_jointly", body)
        assert early == "NOT_YOUR_ORGANISATION"
        suspend_a(world, count)
        deeds.by_two(world, "b-registrar", "c-registrar", "key.revoke_jointly", body)
        assert "revoked" in world.device("a-farmer")


@row(
    "`mandate.register` for its people without a key",
    two=WAITS,
    three=WAITS,
    five=WAITS,
    way="Its admin sets another registrar, who signs with a second organisation.",
)
def mandates_of_its_people(world: World, count: int) -> None:
    elder = elder_of(world, "a", by="a-registrar")  # entered before
    body = mandates(world, elder)
    if count > 2:
        answer = code_of_two(world, "b-registrar", "c-registrar", "mandate.register", body)
        assert answer == "NOT_YOUR_ORGANISATION"
    deeds.by_two(world, next_registrar(world), "b-registrar", "mandate.register", body)


def elder_of(world: World, organisation: str, *, by: str) -> Person:
    """Let a registrar enter somebody without a key."""
    person = Person.of(f"{organisation}-elder", organisation, f"{organisation}-farm")
    body = {"actor": person.actor, "party": person.party, "roles": []}
    world.act(by, "actor.register", body)
    return person


def mandates(world: World, principal: Person) -> dict:
    pair = {"principal": principal.actor, "agent": world.actor("b-farmer")}
    terms = {"types": ["lot.harvest"], "since": SINCE, "until": "2030-03-31"}
    return {"mandates": [pair], **terms}


@row(
    "`mandate.register` for another organisation's people without a key",
    two=WAITS,
    three="a third one signs",
    five="a third one signs",
    way="Of two: the other one's registrar enrols a key for them, and they grant it themselves "
    "(`mandate.grant`).",
)
def mandates_of_others_people(world: World, count: int) -> None:
    elder = elder_of(world, "b", by="b-registrar")
    body = mandates(world, elder)
    by_others(world, count, "mandate.register", body)
    if count == 2:
        world.people["b-elder"] = elder
        world.enrol("b-elder", by="b-registrar")
        world.mandate("b-elder", "b-farmer", "lot.harvest")


@row(
    "A consignment of its farms or shops by registrars: `consignment.register`",
    two=WAITS,
    three=WAITS,
    five=WAITS,
    way="The producer gives it (`consignment.grant`).",
)
def consignments(world: World, count: int) -> None:
    period = {"since": SINCE, "until": "2030-03-31"}
    body = {"producer": world.party("a-farmer"), "shop": world.party("b-farmer")} | period
    if count > 2:
        answer = code_of_two(world, "b-registrar", "c-registrar", "consignment.register", body)
        assert answer == "NOT_YOUR_ORGANISATION"
    world.act("a-farmer", "consignment.grant", body)


@row(
    "Ground rules: `constitution.amend`, `rules.activate`",
    two=WAITS,
    three="two others sign",
    five="two others sign",
    way="Of two: they come to terms; what is in force goes on.",
)
def ground_rules(world: World, count: int) -> None:
    amended = deepcopy(constitution(count))
    amended["title"] = "みのり市"
    by_others(world, count, "constitution.amend", {"constitution": amended, "epoch": 2})
    title = world.ledger.record("contract/constitution")["title"]
    assert (title == "みのり市") == (count > 2)
    if count > 2:
        body = {"rules": 1, "epoch": 3}
        deeds.by_two(world, "b-registrar", "c-registrar", "rules.activate", body)


@row(
    "An amendment that takes a role from it",
    two="refused",
    three="refused",
    five="refused",
    way="Of three or more: its offices are suspended, and again before that ends.",
)
def no_role_is_taken_from_the_absent(world: World, count: int) -> None:
    amended = deepcopy(constitution(count))
    amended["organisations"][0]["roles"].remove("recall-officer")
    body = {"constitution": amended, "epoch": 2}
    if count == 2:  # the proposal waits for the second organisation, which is the one itself
        world.act("b-registrar", "constitution.amend", body)
        assert "recall-officer" in roles_of(world, "a")
        return
    answer = code_of_two(world, "b-registrar", "c-registrar", "constitution.amend", body)
    assert answer == "ROLE_TAKEN_UNSIGNED"
    suspend_a(world, count)


def roles_of(world: World, organisation: str) -> list[str]:
    organisations = world.ledger.record("contract/head")["organisations"]
    return next(one["roles"] for one in organisations if one["id"] == organisation)


@row(
    "An auditor's people: `auditor.register`, `auditor.grant`, `auditor.enrol`, "
    "`key.revoke_jointly`",
    two=WAITS,
    three="two others sign",
    five="two others sign",
    way="Of two: they come to terms. The auditor ends a lost key itself.",
)
def auditors(world: World, count: int) -> None:
    pen, actor = Pen("device auditor"), pseudonym("actor auditor")
    body = {
        "organisation": "auditor",
        "party": pseudonym("party auditors"),
        "actor": actor,
        "roles": [{"role": "auditor", "since": SINCE}],
        "jwk": pen.jwk,
        "kept": "browser",
        "invitation": "0" * 32,
        "proof": pen.prove(world.id, actor, "0" * 32),
    }
    by_others(world, count, "auditor.register", body)
    assert (world.ledger.record(f"actor/{actor}") is not None) == (count > 2)


@row(
    "To suspend it: `organisation.suspend`",
    two="never",
    three="both others vote",
    five="three others vote, one may refuse as well",
    way="Of two: they come to terms; neither can silence the other.",
)
def suspended_itself(world: World, count: int) -> None:
    if count == 2:
        assert vote(world, "b-registrar", "a") == ["TOO_FEW_ORGANISATIONS"]
    else:
        suspend(world, "a", by=["b"])
        assert until(world, "a") is None
        suspend_a(world, count)


@row(
    "To suspend another while it gives no vote",
    two="never",
    three=WAITS,
    five="the three others vote",
    way="Of three: they come to terms; a stolen key's holder is met by its own admin "
    "(`registry.bootstrap`), and what it signs by corrections and recalls.",
)
def another_suspended(world: World, count: int) -> None:
    target = letters(count)[-1]
    for one in letters(count)[1:-1]:
        expected = "TOO_FEW_ORGANISATIONS" if count == 2 else "ACCEPTED"
        assert vote(world, registrar_of(one), target) == [expected]
    assert (until(world, target) is not None) == (count == 5)


@row(
    "Another's new MSP: `organisation.rename_msp`",
    two=WAITS,
    three=WAITS,
    five="two others name it",
    way="Of two and three: the old MSP's admin still bootstraps. Its own new MSP is named without "
    "it.",
)
def msps(world: World, count: int) -> None:
    target = letters(count)[-1]
    for one in letters(count)[1:-1][:2]:
        body = {"organisation": target, "msp": "Anew"}
        world.act(registrar_of(one), "organisation.rename_msp", body)
    said = world.ledger.record(f"succession/{target}")
    assert bool(said and "msp" in said) == (count == 5)
    for one in letters(count)[1:3]:
        body = {"organisation": "a", "msp": "Aanew"}
        world.act(registrar_of(one), "organisation.rename_msp", body)
    assert world.ledger.record("succession/a")["msp"] == "Aanew"
    next_registrar(world)


@row(
    "To stop goods at once, whosever they are: `recall.emergency`",
    two=ON,
    three=ON,
    five=ON,
    way="None is needed: one recall officer of any organisation does.",
)
def emergencies(world: World, count: int) -> None:
    lot = harvest(world, "a")
    deeds.recall(world, lot, by=f"{letters(count)[-1]}-recaller")
    body = {"lot": lot, "party": world.party("a-farmer")}
    wire = world.write("a-farmer", "lot.sell", body, {"quantity_g": 1})
    assert world.submit(wire) == ["RECALLED"]


@row(
    "To recall others' goods otherwise, or what is on no record: `recall.declare`, `recall.widen`",
    two=WAITS,
    three="two others sign",
    five="two others sign",
    way="For safety's sake one officer does at once (`recall.emergency`, `recall.extend`), and of "
    "its own goods every party (`recall.own`).",
)
def declared_recalls(world: World, count: int) -> None:
    lot = harvest(world, "a")
    deeds.recall(world, harvest(world, "b"), by="b-farmer", type_="own")
    colleague(world, "b-deputy", "recall-officer")
    body = deeds.declaration(world, "b-recaller", [lot], ["carrot"], kind="labelling")
    alone = code_of_two(world, "b-recaller", "b-deputy", "recall.declare", body)
    assert alone == "NOT_INDEPENDENT"
    if count > 2:
        basis = {"kind": "labelling", "by": "b-recaller", "second": "c-recaller"}
        deeds.recall_by_two(world, lot, **basis)


@row(
    "To end a recall: `recall.lift`, `recall.close`",
    two="stays stopped",
    three="two others sign",
    five="two others sign",
    way="Of two: goods stay stopped until both sign.",
)
def ended_recalls(world: World, count: int) -> None:
    lot = harvest(world, "b")
    recall = deeds.recall(world, lot, by="b-recaller")
    body = deeds.seen(world, recall) | {"reason": "no-fault-found"}
    colleague(world, "b-deputy", "recall-officer")
    alone = code_of_two(world, "b-recaller", "b-deputy", "recall.lift", body)
    assert alone == "NOT_INDEPENDENT"
    if count > 2:
        deeds.by_two(world, "b-recaller", "c-recaller", "recall.lift", body)
        deeds.take(world, "sell", "b-farmer", lot, 1)


@row(
    "To free what its recall stops because nobody knows all it was made of: `recall.clear`",
    two="stays stopped",
    three="stays stopped",
    five="stays stopped",
    way="Of three or more: two others lift the recall, and declare anew what they stand for.",
)
def cleared_lots(world: World, count: int) -> None:
    lot = harvest(world, "b")
    recall = deeds.recall(world, harvest(world, "b"), by="a-recaller")
    body = {**deeds.seen(world, recall), "lots": [lot], "reason": "traced"}
    assert code(world, "b-recaller", "recall.clear", body) == "NOT_YOUR_ORGANISATION"
    if count > 2:
        lift = deeds.seen(world, recall) | {"reason": "other"}
        deeds.by_two(world, "b-recaller", "c-recaller", "recall.lift", lift)
        deeds.recall(world, harvest(world, "b"), by="b-recaller")


@row(
    "Its farms' land: `plot.register`",
    two=ON,
    three=ON,
    five=ON,
    way="By a land registrar of any organisation that has the role; an amendment by two gives it "
    "to another.",
)
def land(world: World, _count: int) -> None:
    plot = {"plot": pseudonym("plot new"), "party": world.party("a-farmer")}
    world.act("b-surveyor", "plot.register", plot | {"district": "45383-MINAMI"})


@row(
    "A witness of its farms' opening stock: `lot.open`",
    two=ON,
    three=ON,
    five=ON,
    way="By an inspector or clerk of any organisation.",
)
def witnesses(world: World, _count: int) -> None:
    name = world.name("a-farmer")
    body = {
        **{"lot" if key == "id" else key: value for key, value in name.items()},
        "party": world.party("a-farmer"),
        "crop": "rice",
        "harvested_at": "2025-10-01T00:00:00Z",
        "document": sha256_hex(b"papers"),
    }
    closed = {"quantity_g": 1_000, "estimated": False}
    deeds.by_two(world, "a-farmer", "b-inspector", "lot.open", body, closed)
