"""`minori sales map`: make a till's mapping by asking, or add what is new in a file to one."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from gateway.catalogue import PACK_UNITS
from gateway.cli import arguments, keyring, speaking
from gateway.cli.arguments import ArgumentError
from gateway.cli.client import Client
from gateway.cli.keyring import Key
from gateway.cli.options import Gateway
from gateway.cli.telling import told
from gateway.pos import WORDS, Item, PosMapping, codes, guessing
from gateway.pos.mapping import WEIGHED_G, KindColumn
from gateway.pos.table import Table, heading
from gateway.typed.characters import plain

NONE: Final = "-"
CHOICES_SHOWN_MAX: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Town:
    """What can be chosen from: (code, what it is called), and grams by crop and unit."""

    crops: tuple[tuple[str, tuple[str, ...]], ...]
    farms: tuple[tuple[str, tuple[str, ...]], ...]
    packings: dict[tuple[str, str], int]


def map_(
    file: Annotated[Path, typer.Argument(help="A CSV file of the till, the larger the better.")],
    mapping: Annotated[
        Path, typer.Option("--mapping", "-m", help="The mapping to make or add to.")
    ],
    key: Annotated[str, typer.Option("--key", "-k", help="The shop's key.")],
    gateway: Gateway = "",
) -> None:
    """Make a mapping from a till's file by asking; of one that exists, ask only what is new."""
    with told():
        guess = guessing.guess(file.read_bytes())
        known = PosMapping.load(mapping) if mapping.exists() else None
        asker = Key.load(keyring.find(key), elsewhere=gateway)
        with Client(asker.address) as client:
            client.open_session(asker)
            town = _town(client)
        made = known or _columns(guess)
        made = _items(made, guess.table, town)
        made.save(mapping)
        speaking.say(WORDS["map.saved"], file=mapping, till=file)


def _town(client: Client) -> _Town:
    me: dict[str, Any] = client.get("/api/me")
    choices = me["choices"]
    return _Town(
        crops=tuple(
            (one["code"], (one["name"][speaking.language()], *one["name"].values(), *one["also"]))
            for one in choices["crops"]
        ),
        farms=tuple(
            (one["id"], (one["name"][speaking.language()], *one["name"].values()))
            for one in me["partners"]
        ),
        packings={(one["crop"], one["unit"]): one["grams"] for one in choices["packings"]},
    )


def _ask(name: str, default: str, **facts: object) -> str:
    """Ask a question of the words, and return what was typed."""
    question = WORDS[f"map.{name}"].say(speaking.language(), **facts)
    return plain(str(typer.prompt(question, default=default, show_default=bool(default))))


def _columns(guess: guessing.Guess) -> PosMapping:
    table = guess.table
    named = [name for name in table.headings if heading(name)]
    speaking.say(WORDS["map.columns"], names="、".join(map(plain, named)))
    found: dict[str, object] = {"till": _ask("till", "1")}
    for role in (*guessing.NEEDED, *guessing.OPTIONAL):
        chosen = _column(role, named, guess.columns.get(role, ""))
        if chosen:
            found[role] = chosen
    found["kinds"] = tuple(_kind(kind, table) for kind in guess.kinds)
    if "receipt" in found and "line" not in found:
        choice = _one_of("identical", ("count", "once", NONE), NONE)
        if choice != NONE:
            found["identical"] = choice
    return PosMapping.model_validate(found)


def _column(role: str, named: list[str], guessed: str) -> str:
    is_needed = role in guessing.NEEDED
    what = WORDS[f"map.role.{role}"]
    while True:
        typed = _ask("column", plain(guessed) or ("" if is_needed else NONE), what=what)
        if typed == NONE and not is_needed:
            return ""
        match = [name for name in named if heading(name) == heading(typed)]
        if len(match) == 1:
            return match[0]
        speaking.say(WORDS["map.no_column"], typed=typed, names="、".join(map(plain, named)))


def _one_of(name: str, choices: tuple[str, ...], default: str, **facts: object) -> str:
    while True:
        typed = _ask(name, default, **facts)
        if typed in choices:
            return typed
        speaking.say(WORDS["map.one_of"], typed=typed, choices=" / ".join(choices))


def _kind(guessed: KindColumn, table: Table) -> KindColumn:
    """Ask what each value of a column means that tells of cancellations."""
    said: dict[str, list[str]] = {"sale": [], "void": [], "return": []}
    for value, count in guessing.values(table, guessed.column).items():
        default = guessed.kind_of(value) or "sale"
        kind = _one_of(
            "kind", tuple(said), default, column=guessed.column, value=value, count=count
        )
        said[kind].append(value)
    if not any(not heading(value) for values in said.values() for value in values):
        said["sale"].append("")
    return KindColumn.model_validate({"column": guessed.column, **said})


def _items(made: PosMapping, table: Table, town: _Town) -> PosMapping:
    """Ask for every item code of the file that the mapping doesn't know."""
    items, ignored = dict(made.items), list(made.ignored)
    names = _names(made, table)
    for code, count in guessing.values(table, made.item).items():
        if not codes.code(code) or codes.code(code) in made.by_code or codes.is_shortened(code):
            continue
        name = names.get(codes.code(code), "")
        facts = {"code": plain(code), "name": name, "count": count}
        crop = _choose("crop", town.crops, _likely(name, town.crops), **facts)
        if crop == NONE:
            ignored.append(plain(code))
        elif crop:
            items[plain(code)] = _item(crop, name, town)
        made = made.model_copy(update={"items": items, "ignored": tuple(ignored)})
        made = PosMapping.model_validate(made.model_dump(by_alias=True))
    return made


def _names(made: PosMapping, table: Table) -> dict[str, str]:
    """Return what the till calls each item, the name it uses most."""
    if made.name is None:
        return {}
    at, name_at = table.place(made.item), table.place(made.name)
    counted: dict[str, Counter[str]] = {}
    for row in table.rows:
        if len(row.cells) == len(table.headings):
            counted.setdefault(codes.code(row.cells[at]), Counter())[plain(row.cells[name_at])] += 1
    return {code: names.most_common(1)[0][0] for code, names in counted.items()}


def _likely(name: str, crops: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """Return the crop whose longest name stands in what the till calls the goods."""
    found = [
        (len(one), names[0]) for _, names in crops for one in names if len(one) > 1 and one in name
    ]
    return max(found, default=(0, ""))[1]


def _choose(
    name: str, choices: tuple[tuple[str, tuple[str, ...]], ...], default: str, **facts: object
) -> str:
    """Return the code of what was chosen by code or name; `-` and nothing as they were typed."""
    while True:
        typed = _ask(name, default, **facts)
        if typed in {NONE, ""}:
            return typed
        found = {
            code
            for code, names in choices
            if typed.casefold() in {code.casefold(), *(plain(one).casefold() for one in names)}
        }
        if len(found) == 1:
            return found.pop()
        some = [names[0] for _, names in choices if any(typed in one for one in names)]
        some = some or [names[0] for _, names in choices]
        more = " …" if len(some) > CHOICES_SHOWN_MAX else ""
        shown = "、".join(some[:CHOICES_SHOWN_MAX]) + more
        speaking.say(WORDS["map.one_of"], typed=typed, choices=shown)


def _item(crop: str, name: str, town: _Town) -> Item:
    farm = _choose("farm", town.farms, NONE)
    units = (*PACK_UNITS, *WEIGHED_G)
    packed = [unit for (packed, unit) in town.packings if packed == crop]
    unit = _unit(units, packed[0] if packed else "bag")
    called = {code: names[0] for code, names in town.farms}
    return Item(
        crop=crop,
        owner=None if farm in {NONE, ""} else farm,
        unit=unit,
        unit_g=None if unit in WEIGHED_G else _grams(unit, town.packings.get((crop, unit))),
        name=name,
        farm=called.get(farm, ""),
    )


def _unit(units: tuple[str, ...], default: str) -> str:
    by_slip = {slip: unit for unit, slip in PACK_UNITS.items()}
    while True:
        typed = _ask("unit", PACK_UNITS.get(default, default))
        unit = by_slip.get(typed, typed)
        if unit in units:
            return unit
        known = " ".join((*PACK_UNITS.values(), *WEIGHED_G))
        speaking.say(WORDS["map.one_of"], typed=typed, choices=known)


def _grams(unit: str, packed_g: int | None) -> int:
    while True:
        typed = _ask("grams", f"{packed_g}g" if packed_g else "", unit=PACK_UNITS[unit])
        try:
            grams = arguments.mass_g(typed)
        except ArgumentError as error:
            typer.echo(error.say(speaking.language()))
            continue
        if grams > 0:
            return grams
