"""The domain's tables: each row follows from one key of the state and its value, by a `View`.

party/<id>                     parties          organisation, kind
actor/<id>                     actors           party, organisation, roles, devices
device/<kid>                   devices          whose, next running number, revoked or not
mandate/<principal>/<agent>    mandates
pending/<command id>           proposals
plot/<id>                      plots
lot/<id>                       lots             grams, plot, crop, producer
                               lot_parents      a row for each lot that it was made from
holding/<lot>/<holder>/<owner> holdings         grams at one party
                               hidden_crops     a row for each crop of ancestors it does not name
shipment/<id>                  shipments        grams on their way
consignment/<producer>/<shop>  consignments     who may take in whose goods
claims/<party>                 open_claims      a row for each lot claimed without that
run/<party>/<id_nonce>         sortings         over several commands
roll/<id>                      sticker_ranges   a row for each range on a lot
recall/<id>                    recalls
recalls/open                   recalled_roots   a row for each root of each entry of open recalls
                               cleared_lots     a row for each lot that each entry clears
contract/constitution          organisations    one row each
contract/head                  standings        what each may grant, and until when it is suspended
suspension/<organisation>      suspension_votes a row for each organisation that wants it
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias, TypeGuard

from sqlalchemy import Column, Index, Table

from chaincode.base.canonical import Json
from gateway.projection import json_text
from gateway.projection.tables import JsonText, flag, number, table, text
from gateway.projection.tables import json_text as json_column

Cell: TypeAlias = str | int | bool | None
Row: TypeAlias = dict[str, Cell]
Member: TypeAlias = Mapping[str, Json]

_INTEGER_MAX: Final = 2**63 - 1  # BIGINT
STATE_KEY: Final = "state_key"


def _alone(value: Member) -> Sequence[Member]:
    return (value,)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a kind of record becomes rows.

    Attributes:
        prefix: The key's first part, or the whole key of a single record.
        table: Where the rows go; `state_key` and the columns of `parts` come from the key, each
            other column from the member of the same name.
        parts: The columns that the key's other parts fill, in order.
        records: The objects that become a row each; by default the value itself.
        cells: For each column that a member fills, how; worked out from the table.
    """

    prefix: str
    table: Table
    parts: tuple[str, ...]
    records: Callable[[Member], Sequence[Member]] = _alone
    cells: Mapping[str, Callable[[Json], Cell]] = field(init=False)

    def __post_init__(self) -> None:
        cells = {
            column.name: partial(_cell, _kind(column), column.name, bool(column.nullable))
            for column in self.table.columns
            if column.name not in (STATE_KEY, *self.parts)
        }
        object.__setattr__(self, "cells", cells)  # the dataclass is frozen

    def rows(self, key: str, value: Member) -> list[Row]:
        """Return the rows of one key; pure.

        Raises:
            ValueError: The key or the value is not of the shape that this table can hold.
        """
        parts = key.removeprefix(self.prefix).split("/")[1:]
        if len(parts) != len(self.parts):
            raise ValueError(f"a key of {self.prefix} has {len(self.parts)} parts after it")
        fixed: Row = {STATE_KEY: key, **dict(zip(self.parts, parts, strict=True))}
        return [
            fixed | {name: cell(record.get(name)) for name, cell in self.cells.items()}
            for record in self.records(value)
        ]


def _kind(column: Column[object]) -> type:
    """Return what a column holds: `str`, `int`, `bool`, or `JsonText` for JSON as text."""
    return JsonText if isinstance(column.type, JsonText) else column.type.python_type


def _cell(kind: type, name: str, nullable: bool, value: Json) -> Cell:
    """Return what a column stores for a member.

    Raises:
        ValueError: It can't store it.
    """
    if value is None and nullable:
        return None
    if kind is JsonText and value is not None:
        return json_text.write(value)
    is_storable = type(value) is kind and (  # `type`, for a bool is an int as well
        abs(value) <= _INTEGER_MAX
        if isinstance(value, int)
        else "\0" not in value  # PostgreSQL has no NUL
        if isinstance(value, str)
        else False
    )
    if not is_storable:
        raise ValueError(f"{name} can't be stored")
    return value  # type: ignore[return-value]  # it is of the column's type


def _key() -> Column[str]:
    return text(STATE_KEY, primary_key=True)


organisations = table(
    "organisations",
    _key(),
    text("id", primary_key=True),
    text("msp"),
    text("kind"),
    text("title"),
    json_column("roles"),
)

standings = table(
    "standings",
    _key(),
    text("id", primary_key=True),
    json_column("roles"),
    text("suspended_until", nullable=True),
)

suspension_votes = table(
    "suspension_votes",
    _key(),
    text("suspended"),
    text("organisation", primary_key=True),
    text("reason"),
    text("until"),
)

parties = table("parties", _key(), text("id"), text("organisation"), text("kind"))

actors = table(
    "actors",
    _key(),
    text("id"),
    text("party"),
    text("organisation"),
    json_column("roles"),
    json_column("devices"),
    json_column("draining"),
)
Index("actors_by_party", actors.c.party)

devices = table(
    "devices",
    _key(),
    text("kid"),
    text("actor"),
    text("party"),
    text("organisation"),
    json_column("jwk"),
    text("kept"),
    json_column("roles"),
    number("next"),
    text("prev"),
    json_column("revoked", nullable=True),
)
Index("devices_by_actor", devices.c.actor)

mandates = table(
    "mandates",
    _key(),
    text("principal"),
    text("agent"),
    json_column("types"),
    text("since"),
    text("until"),
)
Index("mandates_by_agent", mandates.c.agent)

proposals = table(
    "proposals",
    _key(),
    text("id"),
    text("hash"),
    text("device"),
    text("on_behalf", nullable=True),
    text("state"),
)
Index("proposals_by_state", proposals.c.state)

plots = table("plots", _key(), text("id"), text("party"), text("district"))
Index("plots_by_id", plots.c.id, unique=True)
Index("plots_by_party", plots.c.party)

lots = table(
    "lots",
    _key(),
    text("id"),
    text("party"),
    text("origin"),
    text("plot", nullable=True),
    text("crop"),
    text("grade", nullable=True),
    text("harvested_at"),
    flag("estimated"),
    number("harvest_g"),
    number("supplement_g"),
    number("claimed_g"),
    number("denied_g"),
    number("made_g"),
    json_column("roots"),
    flag("is_root"),
    json_column("former_crops", nullable=True),
    text("entry"),
)
Index("lots_by_id", lots.c.id, unique=True)
# In the order of lists, so that a page is read off where the one before ended.
Index("lots_by_party", lots.c.party, lots.c.harvested_at, lots.c.id)
Index("lots_by_plot", lots.c.plot, lots.c.harvested_at)
Index("lots_by_crop", lots.c.crop, lots.c.harvested_at, lots.c.id)
Index("lots_by_time", lots.c.harvested_at, lots.c.id)

lot_parents = table(
    "lot_parents",
    _key(),
    text("child"),
    text("parent", primary_key=True),
)
# Both ways are walked without looking at the rows themselves.
Index("lot_parents_by_child", lot_parents.c.child, lot_parents.c.parent)
Index("lot_parents_by_parent", lot_parents.c.parent, lot_parents.c.child)

holdings = table(
    "holdings",
    _key(),
    text("lot"),
    text("holder"),
    text("owner"),
    number("held_g"),
    number("sold_g"),
    number("discarded_g"),
    number("own_use_g"),
    number("transformed_g"),
    number("lost_g"),
    number("surplus_g"),
    number("unproven_g"),
    number("unproven_gone_g"),
    number("denied_g"),
    json_column("owner_denial", nullable=True),
    json_column("producer_denial", nullable=True),
    flag("is_on_hold"),
)
Index("holdings_by_lot", holdings.c.lot, holdings.c.holder, holdings.c.owner)
Index("holdings_by_holder", holdings.c.holder, holdings.c.lot)
_is_in_stock = holdings.c.held_g > 0
Index(
    "holdings_in_stock",
    *(holdings.c.holder, holdings.c.lot),
    sqlite_where=_is_in_stock,
    postgresql_where=_is_in_stock,
)
_is_on_hold = holdings.c.is_on_hold.is_(True)
Index(
    "holdings_on_hold",
    *(holdings.c.holder, holdings.c.lot),
    sqlite_where=_is_on_hold,
    postgresql_where=_is_on_hold,
)
_is_denied = holdings.c.denied_g > 0
Index(
    "holdings_denied",
    *(holdings.c.lot, holdings.c.holder),
    sqlite_where=_is_denied,
    postgresql_where=_is_denied,
)
has_surplus = holdings.c.unproven_g + holdings.c.unproven_gone_g > 0
Index(
    "holdings_with_surplus",
    *(holdings.c.lot, holdings.c.holder),
    sqlite_where=has_surplus,
    postgresql_where=has_surplus,
)
_is_consigned = holdings.c.owner != holdings.c.holder
Index(
    "holdings_consigned",
    *(holdings.c.owner, holdings.c.lot),
    sqlite_where=_is_consigned,
    postgresql_where=_is_consigned,
)

# What those ancestors of goods may be that their holding does not name.
hidden_crops = table(
    "hidden_crops", _key(), *map(text, ("lot", "holder", "owner")), text("crop", primary_key=True)
)
Index("hidden_crops_by_crop", hidden_crops.c.crop, hidden_crops.c.lot)
Index("hidden_crops_by_lot", hidden_crops.c.lot, hidden_crops.c.crop)

shipments = table(
    "shipments",
    _key(),
    text("id"),
    text("lot"),
    text("sender"),
    text("recipient"),
    text("owner"),
    flag("is_consigned"),
    text("state"),
    number("shipped_g"),
    number("received_g"),
    number("disputed_g"),
    number("lost_g"),
    text("entry"),
    text("brought_by", nullable=True),
)
Index("shipments_by_lot", shipments.c.lot)
Index("shipments_by_sender", shipments.c.sender, shipments.c.state)
Index("shipments_by_recipient", shipments.c.recipient, shipments.c.state)
Index("shipments_by_entry", shipments.c.entry)

consignments = table(
    "consignments",
    _key(),
    text("producer"),
    text("shop"),
    text("since"),
    text("until"),
    flag("is_revoked"),
)
Index("consignments_by_producer", consignments.c.producer)
Index("consignments_by_shop", consignments.c.shop)

open_claims = table(
    "open_claims",
    _key(),
    text("holder"),
    text("lot", primary_key=True),
    text("producer", primary_key=True),
    text("crop"),
    number("claimed_g"),
    text("arrived_at"),
    text("entry"),
)
Index("open_claims_by_holder", open_claims.c.holder)
Index("open_claims_by_producer", open_claims.c.producer)
Index("open_claims_by_lot", open_claims.c.lot)

sortings = table(
    "sortings",
    _key(),
    text("party"),
    text("nonce"),
    text("state"),
    text("shares"),
    json_column("inputs"),
    json_column("classes"),
)

sticker_ranges = table(
    "sticker_ranges",
    _key(),
    text("roll"),
    text("party"),
    number("first", primary_key=True),
    number("last"),
    text("lot"),
)
Index("sticker_ranges_by_lot", sticker_ranges.c.lot)

recalls = table(
    "recalls",
    _key(),
    text("id"),
    text("party"),
    text("organisation"),
    text("actor"),
    flag("is_own"),
    text("state"),
    text("kind"),
    text("cause"),
    text("scope"),
    number("roots_count"),
    text("entry"),
)
Index("recalls_by_state", recalls.c.state)

recalled_roots = table(
    "recalled_roots",
    _key(),
    text("recall", primary_key=True),
    text("entry", primary_key=True),
    text("root", primary_key=True),
    text("organisation"),
    text("kind"),
    json_column("crops"),
    text("own", nullable=True),
    text("alone", nullable=True),
    text("lapses_at", nullable=True),
)
Index("recalled_roots_by_root", recalled_roots.c.root)
Index("recalled_roots_by_recall", recalled_roots.c.recall)

cleared_lots = table(
    "cleared_lots",
    *(_key(), text("recall"), text("entry", primary_key=True), text("lot", primary_key=True)),
)


def _parents(lot: Member) -> Sequence[Member]:
    # A run taken back has made nothing.
    parents = lot["parents"] if lot["origin"] == "made" else []
    return [{"parent": parent} for parent in _items(parents)]


def _ranges(roll: Member) -> Sequence[Member]:
    return [{"party": roll["party"], **one} for one in _items(roll["ranges"]) if _is_object(one)]


def _objects(member: str) -> Callable[[Member], Sequence[Member]]:
    return lambda record: [one for one in _items(record[member]) if _is_object(one)]


def _of_recalls(member: str, name: str) -> Callable[[Member], Sequence[Member]]:
    def named(record: Member) -> Sequence[Member]:
        entries = _objects("recalls")(record)
        return [{**one, name: lot} for one in entries for lot in _items(one.get(member, []))]

    return named


def _hidden(record: Member) -> Sequence[Member]:
    return [{"crop": crop} for crop in _items(record.get("hidden_crops", []))]


def _items(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise ValueError("a member is not a list")  # noqa: TRY004 - one kind of error
    return value


def _is_object(value: Json) -> TypeGuard[dict[str, Json]]:
    if not isinstance(value, dict):
        raise ValueError("an item is not an object")  # noqa: TRY004 - one kind of error
    return True


VIEWS: Final = (
    View(
        prefix="contract/constitution",
        table=organisations,
        parts=(),
        records=_objects("organisations"),
    ),
    View(prefix="contract/head", table=standings, parts=(), records=_objects("organisations")),
    View(
        prefix="suspension", table=suspension_votes, parts=("suspended",), records=_objects("votes")
    ),
    View(prefix="party", table=parties, parts=("id",)),
    View(prefix="actor", table=actors, parts=("id",)),
    View(prefix="device", table=devices, parts=("kid",)),
    View(prefix="mandate", table=mandates, parts=("principal", "agent")),
    View(prefix="pending", table=proposals, parts=("id",)),
    View(prefix="plot", table=plots, parts=("id",)),
    View(prefix="lot", table=lots, parts=("id",)),
    View(prefix="lot", table=lot_parents, parts=("child",), records=_parents),
    View(prefix="holding", table=holdings, parts=("lot", "holder", "owner")),
    View(prefix="holding", table=hidden_crops, parts=("lot", "holder", "owner"), records=_hidden),
    View(prefix="shipment", table=shipments, parts=("id",)),
    View(prefix="consignment", table=consignments, parts=("producer", "shop")),
    View(prefix="claims", table=open_claims, parts=("holder",), records=_objects("claims")),
    View(prefix="run", table=sortings, parts=("party", "nonce")),
    View(prefix="roll", table=sticker_ranges, parts=("roll",), records=_ranges),
    View(prefix="recall", table=recalls, parts=("id",)),
    View(
        prefix="recalls/open", table=recalled_roots, parts=(), records=_of_recalls("roots", "root")
    ),
    View(
        prefix="recalls/open", table=cleared_lots, parts=(), records=_of_recalls("cleared", "lot")
    ),
)
_BY_PREFIX: Final = {
    prefix: tuple(view for view in VIEWS if view.prefix == prefix)
    for prefix in {view.prefix for view in VIEWS}
}


def views_of(key: str) -> tuple[View, ...]:
    """Return the views that show a state key."""
    return _BY_PREFIX.get(key) or _BY_PREFIX.get(key.partition("/")[0], ())
