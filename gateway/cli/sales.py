"""`minori sales`: book what a till has sold, from its own CSV file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from chaincode.base.canonical import Json
from chaincode.lots.apportion import apportion
from gateway.cli import pairs, sales_items, sales_map, sales_report, town_time
from gateway.cli.arguments import ArgumentError
from gateway.cli.asking import ask_back
from gateway.cli.naming import Naming
from gateway.cli.options import Gateway, Yes
from gateway.cli.said import WORDS as CLI
from gateway.cli.sending import deliver
from gateway.cli.shell import Shell
from gateway.cli.telling import told
from gateway.device import keyring
from gateway.device.client import Client
from gateway.device.keyring import Key
from gateway.pos import (
    WORDS,
    Allocation,
    Booked,
    PosMapping,
    Stock,
    allocate,
    day_end,
    read_file,
    receipts_of,
)
from gateway.typed import TownClock
from gateway.words import speaking

ASKED_AT_ONCE = 500

sales_app = Shell(
    no_args_is_help=True,
    help="""Book sales from a till's own CSV file.

A mapping file says once which column means what; `map` makes it from a file of the till. `check`
shows what would be booked and what is wrong with the file; `import` signs and sends it. Importing a
file again books nothing twice.""",
)

File = Annotated[
    Path, typer.Argument(help="The till's CSV file: UTF-8, UTF-16 or Shift_JIS (CP932).")
]
Mapping = Annotated[Path, typer.Option("--mapping", "-m", help="The mapping's JSON file.")]
Refused = Annotated[
    Path | None,
    typer.Option("--refused", help="Write rows refused or to enter by hand to this CSV file."),
]
KeyName = Annotated[str, typer.Option("--key", "-k", help="The shop's key.")]


@sales_app.command()
def check(
    file: File, mapping: Mapping, key: KeyName, refused: Refused = None, gateway: Gateway = ""
) -> None:
    """Show what an import would book, and every row that it could not."""
    with told():
        signer = Key.load(keyring.find(key), elsewhere=gateway)
        _run(file, mapping, signer, refused, is_sending=False)


@sales_app.command("import")
def import_(
    file: File,
    mapping: Mapping,
    key: KeyName,
    refused: Refused = None,
    yes: Yes = False,
    gateway: Gateway = "",
) -> None:
    """Sign and send a sale for every line that is not booked yet.

    A crop of the mapping that the town does not have is asked back first.
    """
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        _run(file, mapping, signer, refused, is_sending=True, is_sure=yes)


sales_app.command("map")(sales_map.map_)


@sales_app.command()
def remainder(
    left: Annotated[
        list[str], typer.Argument(metavar="LOT=LEFT", help="What is left of a lot, as 2.4kg.")
    ],
    key: KeyName,
    gateway: Gateway = "",
) -> None:
    """At closing: book as sold whatever of a lot is neither left nor discarded."""
    with (
        told(),
        Key.in_hand(keyring.find(key), elsewhere=gateway) as signer,
        Client(signer.address) as client,
    ):
        left_g = pairs.masses_g(left, Naming(signer).lot)
        client.open_session(signer)
        _send_first(signer, client)
        stock = _ask(client, [])[0]
        for one, quantity_g in [sale for pair in left_g.items() for sale in _sold(*pair, stock)]:
            speaking.say(WORDS["remainder.sold"], lot=one.lot, quantity_g=quantity_g)
            closed: dict[str, Json] = {"quantity_g": quantity_g, "basis": "remainder"}
            if one.owner != signer.party:
                closed["owner"] = one.owner
            body: dict[str, Json] = {"lot": one.lot, "party": signer.party}
            signer.queue.append(signer.device.sign("lot.sell", body, closed=closed))
        signer.save()
        if not deliver(signer, client, is_counting=True):
            raise typer.Exit(1)


def _sold(lot: str, left_g: int, stock: Sequence[Stock]) -> list[tuple[Stock, int]]:
    """Return what was sold of a lot, of each owner in proportion to what is there."""
    found = [one for one in stock if one.lot == lot]
    if not found:
        raise ArgumentError(CLI["sales.no_stock"], lot=lot)
    free_g = [one.free_g for one in found]
    if left_g > sum(free_g):
        raise ArgumentError(CLI["sales.too_much"], lot=lot, left_g=left_g, free_g=sum(free_g))
    parts_g = apportion(sum(free_g) - left_g, free_g)
    return [(one, part_g) for one, part_g in zip(found, parts_g, strict=True) if part_g]


def _run(
    file: Path,
    mapping: Path,
    key: Key,
    refused: Path | None,
    *,
    is_sending: bool,
    is_sure: bool = False,
) -> None:
    written, content = PosMapping.load(mapping), file.read_bytes()
    with Client(key.address) as client:
        client.open_session(key)
        known = sales_items.named(written, client)
        # A check signs nothing: it shows what an import would ask.
        ask_back(sales_items.questions(known, client), is_sure=is_sure or not is_sending)
        if is_sending:
            _send_first(key, client)
        town = town_time.clock_of(key, client)
        reading = read_file(content, known, party=key.party, town=town)
        stock, booked = _ask(client, receipts_of(reading))
        done = allocate(reading, stock, party=key.party, town=town, booked=booked)
        sales_report.show(reading, done)
        if refused is not None:
            sales_report.write_refused(refused, reading, done)
        if is_sending:
            _book(done, key, town)
            if not deliver(key, client, is_counting=True):
                raise typer.Exit(1)
    if done.refused or done.hand:
        raise typer.Exit(1)


def _book(done: Allocation, key: Key, town: TownClock) -> None:
    """Sign the sales and keep them, before any is sent."""
    for sale in done.sales:
        body, closed = sale.command(key.party)
        sold_at = min(town.now, day_end(sale.line, town))  # of today, so far
        key.queue.append(key.device.sign("lot.sell", body, closed=closed, event_time=sold_at))
    key.save()


def _send_first(key: Key, client: Client) -> None:
    """Send what waits from before: it may be sales that the gateway does not know of yet."""
    if key.queue:
        deliver(key, client)
    if key.queue:
        raise typer.Exit(1)


def _ask(
    client: Client, receipts: Sequence[str]
) -> tuple[list[Stock], dict[str, Sequence[Booked]]]:
    stock: list[Stock] = []
    booked: dict[str, Sequence[Booked]] = {}
    for start in range(0, max(len(receipts), 1), ASKED_AT_ONCE):
        part = receipts[start : start + ASKED_AT_ONCE]
        answer = client.post("/api/sales/preparations", {"receipts": part})
        stock = [Stock(**one) for one in answer["stock"]]
        for receipt, sales in answer["booked"].items():
            booked[receipt] = [Booked(**one) for one in sales]
    return stock, booked
