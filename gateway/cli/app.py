"""The commands for people with a key: `minori keys`, `minori submit`, `minori query`."""

import json
import time
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from chaincode.base import times
from chaincode.base.canonical import Json
from gateway.cli import (
    acts,
    approving,
    arguments,
    arrivals,
    columns,
    consigning,
    filling,
    goods,
    helping,
    kinds,
    known,
    mandates,
    packing,
    pairs,
    returning,
    town_time,
)
from gateway.cli.arguments import ArgumentError
from gateway.cli.asking import ask_back
from gateway.cli.keys import keys_app
from gateway.cli.naming import Naming, Understood
from gateway.cli.options import Again, Gateway, KeyName, Later, Yes
from gateway.cli.organisations import organisation_app
from gateway.cli.said import WORDS
from gateway.cli.sales import sales_app
from gateway.cli.sending import send, send_or_keep
from gateway.cli.shell import Shell
from gateway.cli.telling import told
from gateway.cli.trying import try_queue
from gateway.device import keyring
from gateway.device.client import DEFAULT_GATEWAY, ApiError, Client
from gateway.device.keyring import Key, command_id_of
from gateway.typed import lot_numbers, member_names
from gateway.words import speaking

helping.add(__file__)

app = Shell(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    help="""Minori (実り): a shared ledger for organic produce and local contribution.

**Look around:** `minori demo` serves a demo town on this computer.
**Take part:** `minori keys` makes a signing key and has it enrolled; `minori submit` signs and
sends a command; `minori query` reads.
**Run it:** `minori network up` brings Hyperledger Fabric up; `minori serve` runs a gateway.""",
)
app.add_typer(keys_app, name="keys")
app.add_typer(consigning.consign_app, name="consign")
app.add_typer(organisation_app, name="organisation")
app.add_typer(sales_app, name="sales")


class Kind(StrEnum):
    """What `minori query` can ask for."""

    LOT = "lot"
    LOTS = "lots"
    SHIPMENTS = "shipments"
    COMMAND = "command"
    HEAD = "head"
    LEDGER = "ledger"
    CATALOGUE = "catalogue"
    FLAGS = "flags"
    ME = "me"
    PLOTS = "plots"
    DEVICES = "devices"


OF_ONESELF = frozenset({Kind.ME, Kind.PLOTS, Kind.DEVICES})  # nobody is told of these without a key


@app.command()
def submit(
    type_name: Annotated[
        str, typer.Argument(metavar="TYPE", help="Such as lot.harvest; `list` shows all.")
    ],
    key: KeyName = "",
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MEMBER=VALUE",
            help="Such as plot=A-01 crop=carrot quantity_g=12.5kg, or packs=24bag; or names.",
        ),
    ] = None,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help='The parts as a file: {"body": {…}, "closed": {…}}.'),
    ] = None,
    event_time: Annotated[
        str,
        typer.Option(
            "--event-time",
            help="When it happened, by the town's clock: 11/29 17:00, きのう 午後5時.",
        ),
    ] = "",
    on_behalf: Annotated[str, typer.Option(help="For whom, under a mandate.")] = "",
    later: Later = False,
    yes: Yes = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; nothing is sent or kept.")
    ] = False,
    again: Again = False,
    gateway: Gateway = "",
) -> None:
    """Sign a command with a key of this computer, and send it.

    Plots, partners, crops, reasons, lots, shipments, recalls and rolls of stickers are understood
    by their names (`minori query me`), numbers by their first four characters.
    Party, ids and nonces are filled in, and what an existing record says: of a receipt, a return or
    a settlement what the shipment says; of a correction what stands. What can't be sent now is
    kept, in order, and goes with the next `minori submit`; `minori submit queue` sends what is kept
    and nothing else.
    """
    if type_name == "list":
        with told():
            _list_types(key, gateway)
        return
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        if type_name == "queue":
            _send_kept(signer, later=later, is_sure=yes, is_trial=dry_run)
            return
        kind = kinds.latest(signer).of(type_name)
        said = Naming(signer).command(kind, words or [], on_behalf=on_behalf)
        body, closed = _parts(kind, said.words, json_file)
        when = _times(signer, kind, body, closed, typed=event_time)
        day = None if when is None else when // times.DAY_S  # yesterday's "yesterday" is another
        act = acts.name_of("submit", type_name, body, closed, event_time, day, said.on_behalf)
        is_new = later or again or dry_run or not acts.waiting(signer, act, has_again=True)
        if is_new:
            prepared = _prepared(signer, kind, body, closed, when=when, said=said, is_trial=dry_run)
            if not dry_run:  # it answers the same as warnings
                _ask_back(signer, type_name, prepared, said.words, when, is_sure=yes)
            wires = prepared.sign(signer, when, on_behalf=said.on_behalf)
            if dry_run:
                try_queue(signer, wires)
                return
            acts.begin(signer, act, wires)
            _show_signed(wires, prepared.drawn)
        send_or_keep(signer, later=later, is_sure=yes)


app.command()(approving.approve)
app.command()(approving.waiting)
app.command()(mandates.mandates)
app.command("return")(returning.return_)


@app.command()
def arrive(
    lots: Annotated[
        list[str], typer.Argument(metavar="LOT=MASS", help="What came of each lot, as 12.5kg.")
    ],
    producer: Annotated[str, typer.Option(help="Whose goods these are: the farm, by name.")],
    crop: Annotated[str, typer.Option(help="What they are; one delivery is of one crop.")],
    key: KeyName = "",
    again: Again = False,
    yes: Yes = False,
    gateway: Gateway = "",
) -> None:
    """At the shop: confirm a whole delivery on consignment at once, recorded before or not.

    What its farm has shipped in the system is received; of the rest, the arrival is recorded, or,
    where the farm has not agreed to that (`minori consign`), claimed until it accepts. A lot may
    be called by its crop or its number's beginning. A number without its check character that is
    on no record is asked back.
    """
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        naming = Naming(signer)
        producer, crop = naming.party("producer", producer), naming.crop(crop)
        counted = pairs.read(lots, naming.coming)
        counted_g = {number.lot: mass_g for number, mass_g in counted}
        act = acts.name_of("arrive", dict(counted_g), producer, crop)
        if again or not acts.waiting(signer, act, has_again=True):
            crop = goods.entered(signer, crop)
            agreed = consigning.is_agreed(signer, producer)
            wires = arrivals.sign(signer, counted_g, producer=producer, crop=crop, is_agreed=agreed)
            asked = arrivals.questions(signer, wires)
            asked += goods.unknown_lots(signer, [number for number, _ in counted])
            ask_back(list(dict.fromkeys(asked)), is_sure=yes)
            acts.begin(signer, act, wires)
        send(signer)


@app.command()
def query(
    kind: Annotated[Kind, typer.Argument(help="What to ask for.")],
    name: Annotated[
        str, typer.Argument(help="A lot's or command's id, or its beginning; of flags, a code.")
    ] = "",
    key: KeyName = "",
    is_public: Annotated[
        bool, typer.Option("--public", help="Ask as everybody may, without any key.")
    ] = False,
    gateway: Gateway = "",
) -> None:
    """Read from the gateway, with a key also what only its party may see.

    The only key of this computer is used without being named; --public uses none.

    Prints JSON. Times are by the town's clock, but in what was signed (`payload`): that is UTC.
    """
    with told():
        if key and is_public:
            raise ArgumentError(WORDS["app.key_or_public"])
        is_own = bool(key) or (not is_public and (kind in OF_ONESELF or keyring.is_alone()))
        asker = Key.load(keyring.find(key), elsewhere=gateway) if is_own else None
        address = asker.address if asker else gateway or DEFAULT_GATEWAY
        with Client(address) as client:
            if asker is not None:
                client.open_session(asker)
            if kind is Kind.FLAGS:
                _show_flags(client, name)
                return
            if kind is Kind.ME and asker is not None:
                _print_json(client, known.ask(asker, client).me)
                return
            if kind is Kind.LOT and asker is not None:
                name = Naming(asker, is_aside=True).lot(name)
            if kind is Kind.COMMAND and asker is not None:
                name = Naming(asker, is_aside=True).sent(name, client)
            kid = name or (asker.device.kid if asker else "")
            name = lot_numbers.read(name).lot if kind is Kind.LOT else name
            paths = {
                Kind.LOT: f"/api/lots/{name}",
                Kind.LOTS: "/api/lots",
                Kind.SHIPMENTS: "/api/shipments",
                Kind.COMMAND: f"/api/commands/{name}",
                Kind.HEAD: f"/api/devices/{kid}/head",
                Kind.LEDGER: "/api/ledger",
                Kind.CATALOGUE: "/api/catalogue",
                Kind.ME: "/api/me",
                Kind.PLOTS: "/api/plots",
                Kind.DEVICES: "/api/devices",
            }
            _print_json(client, client.get(paths[kind]))


@app.command()
def pages(
    key: KeyName = "",
    opened: Annotated[
        bool, typer.Option("--open/--print", help="Open a browser, or only print the link.")
    ] = True,
    gateway: Gateway = "",
) -> None:
    """Open one's own pages in a browser: stock, lot book, shipments, recalls.

    The link works once, within two minutes, and signs that browser in as this key's device. It
    shows; nothing can be signed there.
    """
    with told():
        asker = Key.load(keyring.find(key), elsewhere=gateway)
        with Client(asker.address) as client:
            client.open_session(asker)
            link = client.post("/api/sessions/links", {})["url"] + f"&lang={speaking.language()}"
    typer.echo(link)
    if opened:
        typer.launch(link)


def _show_flags(client: Client, code: str) -> None:
    """Print flags; a page may be empty, so ask on until there are some."""
    asked = {"code": code} if code else {}
    answer = client.get("/api/flags", **asked)
    while not answer["flags"] and answer["next"]:
        answer = client.get("/api/flags", **asked, cursor=answer["next"])
    _print_json(client, answer)


def _print_json(client: Client, answer: Json) -> None:
    """Print an answer, its times by the town's clock."""
    founded = client.get("/api/ledger")["constitution"]
    offset = founded["utc_offset_minutes"] if founded else 0
    typer.echo(json.dumps(town_time.shown(answer, offset), indent=1, ensure_ascii=False))


def _prepared(
    signer: Key,
    kind: kinds.Kind,
    body: dict[str, Json],
    closed: dict[str, Json],
    *,
    when: int | None,
    said: Understood,
    is_trial: bool,
) -> arguments.Prepared:
    """Return a command's parts with all that can be filled in."""
    for part in (body, closed):
        if isinstance(part.get("crop"), str):
            part["crop"] = goods.entered(signer, str(part["crop"]), is_trial=is_trial)
    filling.fill(signer, kind, body, closed, party=said.party)
    weighed = _weighed(signer, kind, body, closed, when)
    return arguments.prepare(signer, kind, body, weighed)


def _show_signed(wires: Sequence[bytes], drawn: Mapping[str, str]) -> None:
    """Say what commands that were just signed, and what they made, are called."""
    for wire in wires:
        speaking.say(WORDS["app.signed"], id=command_id_of(wire))
    for name, value in drawn.items():
        kind, _, index = name.partition(" ")
        label = WORDS[f"app.drawn.{kind}"].say(speaking.language())
        typer.echo(f"{columns.padded(f'{label} {index}'.rstrip())} {value}")


def _send_kept(signer: Key, *, later: bool, is_sure: bool, is_trial: bool) -> None:
    """Send what is kept and nothing else, or say what would come of it."""
    if is_trial:
        try_queue(signer, [])
        return
    signer.take_up()
    send_or_keep(signer, later=later, is_sure=is_sure)


def _parts(
    kind: kinds.Kind, words: list[str], json_file: Path | None
) -> tuple[dict[str, Json], dict[str, Json]]:
    body: dict[str, Json] = {}
    closed: dict[str, Json] = {}
    if json_file is not None:
        try:
            parts = json.loads(json_file.read_bytes())
            body, closed = parts["body"], parts.get("closed", {})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ArgumentError(WORDS["app.json"], file=json_file, why=repr(error)) from None
    more_body, more_closed = arguments.read(kind, words)
    return {**body, **more_body}, {**closed, **more_closed}


def _times(
    signer: Key,
    kind: kinds.Kind,
    body: dict[str, Json],
    closed: dict[str, Json],
    *,
    typed: str,
) -> int | None:
    """Read the times that were typed, say what they are, and return when it happened."""
    language = speaking.language()
    when, said = town_time.moment(signer, typed, language=language)
    said += town_time.read_parts(signer, kind, body, closed, language=language)
    for line in said:
        typer.echo(line)
    return when


def _ask_back(
    signer: Key,
    type_name: str,
    prepared: arguments.Prepared,
    words: Sequence[str],
    when: int | None,
    *,
    is_sure: bool,
) -> None:
    """Ask back what is doubtful in a command before it is signed."""
    draft = goods.Draft(kind=type_name, body=prepared.body, closed=prepared.closed or {})
    asked = goods.questions(signer, [draft], event_time=when)
    asked += goods.unknown_lots(signer, goods.founded_by(draft, words))
    ask_back(asked, is_sure=is_sure)


def _weighed(
    signer: Key,
    kind: kinds.Kind,
    body: dict[str, Json],
    closed: dict[str, Json],
    event_time: int | None,
) -> dict[str, Json]:
    """Return the closed part with the grams of its packs, by the town's spec where none is said."""
    if not packing.lacks_grams(kind, closed):
        return packing.weigh(kind, closed)
    when = event_time or int(time.time())
    try:
        with Client(signer.address) as client:
            unit_g = packing.spec_g(client, body, closed, event_time=when)
    except ApiError as error:
        unit_g = _known_spec_g(signer, body, closed, error)
    speaking.say(WORDS["app.packed"], unit_g=unit_g)
    return packing.weigh(kind, closed, unit_g=unit_g)


def _known_spec_g(
    signer: Key, body: dict[str, Json], closed: dict[str, Json], error: ApiError
) -> int:
    """Return what one of the packs weighs by what was known last, where there is no line."""
    packs, there = closed["packs"], known.kept(signer)
    unit = packs["unit"] if isinstance(packs, dict) else None
    crop = body.get("crop") or closed.get("crop")
    unit_g = packing.known_spec_g(there.me, crop, unit) if there else None
    if there is None or unit_g is None:
        raise error
    known.tell_away(there, error)
    return unit_g


def _list_types(key: str, gateway: str) -> None:
    """List the types in force at a gateway, the key's if there is one; else this program's."""
    if key or keyring.is_alone():
        found = kinds.latest(Key.load(keyring.find(key), elsewhere=gateway))
    else:
        try:
            with Client(gateway or DEFAULT_GATEWAY) as client:
                found = kinds.of_gateway(client)
        except ApiError as error:
            speaking.say(WORDS["kinds.own"], is_aside=True, error=error.say(speaking.language()))
            found = kinds.own()
    for name, kind in sorted(found.by_name.items()):
        members = arguments.members(kind)
        text = WORDS["app.type_two" if kind.signers == 2 else "app.type"]
        speaking.say(text, name=columns.padded(name, 24), members=member_names.listed(members, " "))
