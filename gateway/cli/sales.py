"""`minori sales`: book what a till has sold, from its own CSV file."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from chaincode.canonical import Json
from gateway.cli import keyring
from gateway.cli.arguments import ArgumentError, mass_g
from gateway.cli.client import Client
from gateway.cli.keyring import Key
from gateway.cli.options import Gateway, Language
from gateway.cli.sending import deliver
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

sales_app = typer.Typer(
    no_args_is_help=True,
    help="""Book sales from a till's own CSV file.

A mapping file says once which column means what. `check` shows what would be booked and what is
wrong with the file; `import` signs and sends it. Importing a file again books nothing twice.""",
)

File = Annotated[Path, typer.Argument(help="The till's CSV file, UTF-8 or Shift_JIS (CP932).")]
Mapping = Annotated[Path, typer.Option("--mapping", "-m", help="The mapping's JSON file.")]
KeyName = Annotated[str, typer.Option("--key", "-k", help="The shop's key.")]


@sales_app.command()
def check(
    file: File, mapping: Mapping, key: KeyName, gateway: Gateway = "", lang: Language = "en"
) -> None:
    """Show what an import would book, and every row that it could not."""
    with told():
        signer = Key.load(keyring.find(key), elsewhere=gateway)
        _run(file, mapping, signer, lang, is_sending=False)


@sales_app.command("import")
def import_(
    file: File, mapping: Mapping, key: KeyName, gateway: Gateway = "", lang: Language = "en"
) -> None:
    """Sign and send a sale for every line that is not booked yet."""
    with told(), Key.in_hand(keyring.find(key), elsewhere=gateway) as signer:
        _run(file, mapping, signer, lang, is_sending=True)


@sales_app.command()
def remainder(
    left: Annotated[
        list[str], typer.Argument(metavar="LOT=LEFT", help="What is left of a lot, as 2.4kg.")
    ],
    key: KeyName,
    gateway: Gateway = "",
    lang: Language = "en",
) -> None:
    """At closing: book as sold whatever of a lot is neither left nor discarded."""
    with (
        told(),
        Key.in_hand(keyring.find(key), elsewhere=gateway) as signer,
        Client(signer.address, language=lang) as client,
    ):
        client.open_session(signer)
        stock, _ = _ask(client, [])
        sold = [_sold(word, stock) for word in left]
        for one, quantity_g in sold:
            if quantity_g:
                typer.echo(f"{one.lot}  {quantity_g:>9,} g sold")
                closed: dict[str, Json] = {"quantity_g": quantity_g, "basis": "remainder"}
                if one.owner != signer.party:
                    closed["owner"] = one.owner
                body: dict[str, Json] = {"lot": one.lot, "party": signer.party}
                signer.queue.append(signer.device.sign("lot.sell", body, closed=closed))
        signer.save()
        deliver(signer, client, is_counting=True)


def _sold(word: str, stock: Sequence[Stock]) -> tuple[Stock, int]:
    lot, equals, text = word.partition("=")
    found = [one for one in stock if one.lot == lot]
    if not equals or len(found) != 1:
        raise ArgumentError(f"{word!r}: write LOT=LEFT, of a lot that is in stock for one owner")
    left_g = mass_g(text)
    if left_g > found[0].free_g:
        raise ArgumentError(
            f"{word!r}: on record are only {found[0].free_g} g; take stock with lot.take_stock"
        )
    return found[0], found[0].free_g - left_g


def _run(file: Path, mapping: Path, key: Key, lang: str, *, is_sending: bool) -> None:
    lines, errors = read_lines(file.read_bytes(), PosMapping.load(mapping), party=key.party)
    with Client(key.address, language=lang) as client:
        client.open_session(key)
        stock, known = _ask(client, lines)
        sales, short, before = allocate(lines, stock, party=key.party, known=known)
        _show(sales, errors + short, before, lang)
        if is_sending:
            for sale in sales:
                body, closed = sale.command(key.party)
                key.queue.append(key.device.sign("lot.sell", body, closed=closed))
            key.save()
            deliver(key, client, is_counting=True)
    if errors or short:
        raise typer.Exit(1)


def _ask(client: Client, lines: Sequence[Line]) -> tuple[list[Stock], set[str]]:
    stock: list[Stock] = []
    known: set[str] = set()
    receipts = [receipt_of(line) for line in lines]
    for start in range(0, max(len(receipts), 1), ASKED_AT_ONCE):
        part = receipts[start : start + ASKED_AT_ONCE]
        answer = client.post("/api/sales/preparations", {"receipts": part})
        stock = [Stock(**one) for one in answer["stock"]]
        known.update(answer["known"])
    return stock, known


def _show(
    sales: Sequence[Sale], errors: Sequence[RowError], before: Sequence[Line], lang: str
) -> None:
    for error in errors:
        text = error.ja if lang == "ja" else error.en
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
