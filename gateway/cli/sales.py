"""`minori sales`: book what a till has sold, from its own CSV file."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from chaincode.base import times
from chaincode.base.canonical import Json
from chaincode.lots.apportion import apportion
from gateway.cli import keyring, pairs, speaking, town_time
from gateway.cli.arguments import ArgumentError
from gateway.cli.client import Client
from gateway.cli.keyring import Key
from gateway.cli.options import Gateway
from gateway.cli.sending import deliver
from gateway.cli.shell import Shell
from gateway.cli.telling import told
from gateway.pos import (
    Line,
    PosMapping,
    RowError,
    Sale,
    Stock,
    allocate,
    read_lines,
    receipt_of,
)

ASKED_AT_ONCE = 500
SHOWN_MAX = 20

sales_app = Shell(
    no_args_is_help=True,
    help="""Book sales from a till's own CSV file.

A mapping file says once which column means what. `check` shows what would be booked and what is
wrong with the file; `import` signs and sends it. Importing a file again books nothing twice.""",
)

File = Annotated[Path, typer.Argument(help="The till's CSV file, UTF-8 or Shift_JIS (CP932).")]
Mapping = Annotated[Path, typer.Option("--mapping", "-m", help="The mapping's JSON file.")]
KeyName = Annotated[str, typer.Option("--key", "-k", help="The shop's key.")]


@sales_app.command()
def check(file: File, mapping: Mapping, key: KeyName, gateway: Gateway = "") -> None:
    """Show what an import would book, and every row that it could not."""
    with told():
        signer = Key.load(keyring.find(key), elsewhere=gateway)
        _run(file, mapping, signer, is_sending=False)


@sales_app.command("import")
def import_(file: File, mapping: Mapping, key: KeyName, gateway: Gateway = "") -> None:
    """Sign and send a sale for every line that is not booked yet."""
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        _run(file, mapping, signer, is_sending=True)


@sales_app.command()
def remainder(
    left: Annotated[
        list[str], typer.Argument(metavar="LOT=LEFT", help="What is left of a lot, as 2.4kg.")
    ],
    key: KeyName,
    gateway: Gateway = "",
) -> None:
    """At closing: book as sold whatever of a lot is neither left nor discarded."""
    with told():
        left_g = pairs.masses_g(left)
    with (
        told(),
        Key.in_hand(keyring.find(key), elsewhere=gateway) as signer,
        Client(signer.address) as client,
    ):
        client.open_session(signer)
        _send_first(signer, client)
        stock, _ = _ask(client, [])
        for one, quantity_g in [sale for pair in left_g.items() for sale in _sold(*pair, stock)]:
            typer.echo(f"{one.lot}  {quantity_g:>9,} g sold")
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
        raise ArgumentError(f"{lot}: nothing of it is in stock, or it may not be sold")
    free_g = [one.free_g for one in found]
    if left_g > sum(free_g):
        raise ArgumentError(
            f"{lot}: {left_g} g left, and on record are only {sum(free_g)} g; "
            "take stock with lot.take_stock"
        )
    parts_g = apportion(sum(free_g) - left_g, free_g)
    return [(one, part_g) for one, part_g in zip(found, parts_g, strict=True) if part_g]


def _run(file: Path, mapping: Path, key: Key, *, is_sending: bool) -> None:
    lines, errors = read_lines(file.read_bytes(), PosMapping.load(mapping), party=key.party)
    with Client(key.address) as client:
        client.open_session(key)
        if is_sending:
            _send_first(key, client)
        offset_minutes = town_time.clock_of(key, client).utc_offset_minutes
        stock, booked_g = _ask(client, lines)
        sales, short, before = allocate(
            lines, stock, party=key.party, booked_g=booked_g, utc_offset_minutes=offset_minutes
        )
        _show(sales, errors + short, before)
        if is_sending:
            now = int(time.time())
            for sale in sales:
                body, closed = sale.command(key.party)
                sold_at = min(now, times.seconds(sale.line.day_end(offset_minutes)))
                key.queue.append(
                    key.device.sign("lot.sell", body, closed=closed, event_time=sold_at)
                )
            key.save()
            if not deliver(key, client, is_counting=True):
                raise typer.Exit(1)
    if errors or short:
        raise typer.Exit(1)


def _send_first(key: Key, client: Client) -> None:
    """Send what waits from before: it may be sales that the gateway does not know of yet."""
    if key.queue:
        deliver(key, client)
    if key.queue:
        raise typer.Exit(1)


def _ask(client: Client, lines: Sequence[Line]) -> tuple[list[Stock], dict[str, int]]:
    stock: list[Stock] = []
    booked_g: dict[str, int] = {}
    receipts = [receipt_of(line) for line in lines]
    for start in range(0, max(len(receipts), 1), ASKED_AT_ONCE):
        part = receipts[start : start + ASKED_AT_ONCE]
        answer = client.post("/api/sales/preparations", {"receipts": part})
        stock = [Stock(**one) for one in answer["stock"]]
        booked_g |= answer["booked_g"]
    return stock, booked_g


def _show(sales: Sequence[Sale], errors: Sequence[RowError], before: Sequence[Line]) -> None:
    for error in errors:
        text = error.ja if speaking.language() == "ja" else error.en
        typer.echo(f"row {error.row}: {text}", err=True)
    grams: Counter[str] = Counter()
    for sale in sales:
        grams[sale.lot] += sale.quantity_g
    for lot, quantity_g in grams.most_common(SHOWN_MAX):
        typer.echo(f"{lot}  {quantity_g:>9,} g")
    if len(grams) > SHOWN_MAX:
        typer.echo(f"… and {len(grams) - SHOWN_MAX} more lots")
    typer.echo(
        f"{len(sales)} sales of {sum(grams.values()):,} g, {len(before)} lines booked before, "
        f"{len(errors)} rows with errors"
    )
