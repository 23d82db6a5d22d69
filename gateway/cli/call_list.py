"""`minori town call-list`: who has what of recalled goods, and whom to call.

Grams come from the gateway, for recall officers only. Telephone numbers stand in the town's private
register on this computer; they are joined here, and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gateway.cli import columns
from gateway.cli.naming import Naming
from gateway.cli.options import Gateway
from gateway.cli.said import WORDS
from gateway.cli.telling import told
from gateway.cli.town import TOWN_FOLDER, Folder
from gateway.device import keyring
from gateway.device.client import Client
from gateway.device.keyring import Key
from gateway.typed import lot_numbers
from gateway.words import speaking

if TYPE_CHECKING:
    from gateway.setup.register import Register

HEADINGS: Final = (
    *("事業者 / business", "名前 / name", "電話 / telephone"),
    *("在庫 / held (g)", "輸送中 / on its way (g)", "販売 / sold (g)", "ロット / lots"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A business to call; masses in grams. `phone` is empty where the register has none."""

    party: str
    name: str
    phone: str
    held_g: int
    in_transit_g: int
    sold_g: int
    lots: int


def call_list(
    recall: Annotated[str, typer.Argument(help="The recall: its number, or what it is of.")],
    key: Annotated[str, typer.Option("--key", "-k", help="A recall officer's key.")],
    folder: Folder = TOWN_FOLDER,
    gateway: Gateway = "",
    file: Annotated[
        Path | None, typer.Option("--csv", help="Also write it to this file, for a spreadsheet.")
    ] = None,
) -> None:
    """In a recall: who has what, on its way or sold, and their telephone numbers.

    The numbers come from the private register of this computer. A file written here has them, too:
    keep it as private as the register, and delete it afterwards.
    """
    from gateway.settings import Settings  # noqa: PLC0415 - as in `gateway.cli.town`
    from gateway.setup.faults import RegisterError  # noqa: PLC0415 - as above
    from gateway.setup.places import TownFiles  # noqa: PLC0415 - as above
    from gateway.setup.register import Register  # noqa: PLC0415 - as above

    with told():
        officer = Key.load(keyring.find(key), elsewhere=gateway)
        with Client(officer.address) as client:
            client.open_session(officer)
            named = Naming(officer, is_aside=True).recall(recall)
            affected = client.get(f"/api/recalls/{lot_numbers.read(named).lot}/scope")["affected"]
        path = TownFiles.within(folder, Settings().site).register
        try:
            register = Register.look(path)
        except RegisterError as error:
            raise keyring.KeyringError(str(error)) from None
        try:
            calls = list(_calls(affected, register))
        finally:
            register.close()
        _print(calls)
        unknown = sum(not call.phone for call in calls)
        if unknown:
            speaking.say(WORDS["call_list.unknown"], is_aside=True, count=unknown, path=path)
        if file is not None:
            _write(file, calls)
            speaking.say(WORDS["call_list.private"], is_aside=True, file=file)


def _calls(affected: Iterable[dict[str, Any]], register: "Register") -> Iterable[Call]:
    known = {entry.id: entry.details for entry in register.entries.values()}
    for one in affected:
        details = known.get(one["party"], {})
        yield Call(
            party=one["party"],
            name=str(details.get("name") or one.get("party_name") or ""),
            phone=str(details.get("phone") or ""),
            held_g=one["held_g"],
            in_transit_g=one["in_transit_g"],
            sold_g=one["sold_g"],
            lots=one["lots_count"],
        )


def _print(calls: Iterable[Call]) -> None:
    for call in calls:
        typer.echo(f"{columns.padded(call.phone or '—', 16)} {call.name or call.party}")
        speaking.say(
            WORDS["call_list.line"],
            held_g=call.held_g,
            in_transit_g=call.in_transit_g,
            sold_g=call.sold_g,
            lots=call.lots,
        )


def _write(file: Path, calls: Iterable[Call]) -> None:
    from gateway.typed import csv_cells  # noqa: PLC0415 - as in `gateway.cli.town`

    rows = [
        (call.party, call.name, call.phone, call.held_g, call.in_transit_g, call.sold_g, call.lots)
        for call in calls
    ]
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_bytes(csv_cells.write(HEADINGS, rows))
