"""`minori sales map`: make a till's mapping by asking, or add what is new in a file to one."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

import typer

from gateway.cli import arguments, own_choices
from gateway.cli.arguments import ArgumentError
from gateway.cli.choosing import Candidate, ChoiceError, matching
from gateway.cli.options import Gateway
from gateway.cli.telling import told
from gateway.device import keyring
from gateway.device.client import Client
from gateway.device.keyring import Key
from gateway.pos import WORDS, Item, PosMapping, codes, guessing
from gateway.pos.decoding import Encoding
from gateway.pos.mapping import PARTY, WEIGHED_G, KindColumn
from gateway.pos.table import Table, heading
from gateway.typed.characters import plain
from gateway.typed.same_name import fold
from gateway.words import speaking

NONE: Final = "-"
LATER: Final = "?"
NOTHING: Final = re.compile("(?!)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Town:
    """What can be chosen from, grams by crop and unit, and who asks."""

    crops: list[Candidate]
    parties: list[Candidate]
    units: list[Candidate]
    packings: dict[tuple[str, str], int]
    own: str


def map_(
    file: Annotated[Path, typer.Argument(help="A CSV file of the till, the larger the better.")],
    mapping: Annotated[
        Path, typer.Option("--mapping", "-m", help="The mapping to make or add to.")
    ],
    key: Annotated[str, typer.Option("--key", "-k", help="The shop's key.")],
    encoding: Annotated[
        Encoding | None, typer.Option(help="Which one the file is in, if that can't be told.")
    ] = None,
    gateway: Gateway = "",
) -> None:
    """Make a mapping from a till's file by asking; of one that exists, ask only what is new."""
    with told():
        known = PosMapping.load(mapping) if mapping.exists() else None
        said = encoding or (known.encoding if known else None)
        guess = guessing.guess(file.read_bytes(), said)
        asker = Key.load(keyring.find(key), elsewhere=gateway)
        with Client(asker.address) as client:
            client.open_session(asker)
            town = _town(client)
        made = (known or _columns(guess)).model_copy(update={"encoding": said})
        made = _items(made, guess.table, town)
        made.save(mapping)
        speaking.say(WORDS["map.saved"], file=mapping, till=file)


def _town(client: Client) -> _Town:
    me: own_choices.Me = client.get("/api/me")
    weights = [Candidate(value=unit, labels=(), ja=unit, en=unit) for unit in WEIGHED_G]
    return _Town(
        crops=own_choices.coded(me["choices"]["crops"]),
        parties=own_choices.parties(me),
        units=[*own_choices.terms("lot.sell", "unit"), *weights],
        packings={(one["crop"], one["unit"]): one["grams"] for one in me["choices"]["packings"]},
        own=me["party"]["id"],
    )


def _ask(name: str, default: str, /, **facts: object) -> str:
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


def _one_of(name: str, choices: tuple[str, ...], default: str, /, **facts: object) -> str:
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
        crop = _choose("crop", town.crops, _likely(name, town.crops), facts=facts)
        if crop == NONE:
            ignored.append(plain(code))
        elif not isinstance(crop, str):
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


def _likely(name: str, crops: Sequence[Candidate]) -> str:
    """Return the crop whose longest name stands in what the till calls the goods."""
    called = fold(name)
    found = [
        (len(label), one.said(speaking.language()))
        for one in crops
        for label in one.labels
        if len(label) > 1 and fold(label) in called
    ]
    return max(found, default=(0, ""))[1]


def _choose(
    name: str,
    candidates: Sequence[Candidate],
    default: str,
    /,
    *,
    also: re.Pattern[str] = NOTHING,
    facts: Mapping[str, object] = MappingProxyType({}),
) -> Candidate | str:
    """Return what was chosen by any of its names, or is an id; `-` and `?` as they were typed."""
    while True:
        typed = _ask(name, default, **facts)
        if typed in {NONE, LATER}:
            return typed
        found = matching(typed, candidates)
        if len(found) == 1:
            return found[0]
        if not found and also.fullmatch(typed):
            return Candidate(value=typed, labels=("", "", ""), ja=typed, en=typed)
        error = ChoiceError(name, typed, found or candidates, is_several=bool(found))
        typer.echo(error.say(speaking.language()))


def _item(crop: Candidate, name: str, town: _Town) -> Item:
    farm = _choose("farm", town.parties, NONE, also=PARTY)
    is_own = isinstance(farm, str) or farm.value == town.own
    packed = next((unit for packed, unit in town.packings if packed == crop.value), "bag")
    default = next(one.said(speaking.language()) for one in town.units if one.value == packed)
    unit: Candidate | str = ""
    while isinstance(unit, str):
        unit = _choose("unit", town.units, default)
    is_weighed = unit.value in WEIGHED_G
    return Item(
        crop=crop.value,
        owner=None if is_own or isinstance(farm, str) else farm.value,
        unit=unit.value,
        unit_g=None if is_weighed else _grams(unit, town.packings.get((crop.value, unit.value))),
        name=name or crop.said(speaking.language()),
        farm="" if is_own or isinstance(farm, str) else _called(farm),
    )


def _called(farm: Candidate) -> str:
    """Return the name that a party publishes; its code, if it publishes none."""
    code, ja, en = farm.labels
    return (en if speaking.language() == "en" else ja) or ja or code


def _grams(unit: Candidate, packed_g: int | None) -> int:
    while True:
        typed = _ask(
            "grams", f"{packed_g}g" if packed_g else "", unit=unit.said(speaking.language())
        )
        try:
            grams = arguments.mass_g(typed)
        except ArgumentError as error:
            typer.echo(error.say(speaking.language()))
            continue
        if grams > 0:
            return grams
