"""The columns of each list's CSV file: its heading in both languages, and where its cell is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

from gateway.typed.csv_cells import Cell

Answer: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; `cell` gives text, a number, or a `Timestamp` where `is_time`."""

    ja: str
    en: str
    cell: Callable[[Answer], Cell]
    is_time: bool = False


def _get(name: str, row: Answer) -> Cell:
    value: Cell = row.get(name)
    return value


def _at(name: str, row: Answer) -> Cell:
    """Return a member of the holding that a row is about."""
    value: Cell = row["holding"].get(name) if row.get("holding") else None
    return value


def _figures(row: Answer) -> Cell:
    """Return the figures of a flag, `name=value` each."""
    return " ".join(f"{name}={value}" for name, value in row.get("figures", {}).items())


def _count(row: Answer) -> Cell:
    return len(row.get("recalls", ()))


def _column(ja: str, en: str, name: str, *, is_time: bool = False) -> Column:
    return Column(ja=ja, en=en, cell=partial(_get, name), is_time=is_time)


def _held(ja: str, en: str, name: str) -> Column:
    return Column(ja=ja, en=en, cell=partial(_at, name))


_ORIGIN: Final = (
    _column("ロット番号", "Lot", "id"),
    _column("品目", "Crop", "crop_name"),
    _column("等級・階級", "Class", "grade"),
    _column("収穫・製造日時", "Harvested or made", "harvested_at", is_time=True),
    _column("生産者", "Producer", "producer_name"),
    _column("生産者番号", "Producer's number", "producer"),
    _column("産地", "Place", "district_name"),
    Column(ja="回収の件数", en="Recalls", cell=_count),
)
_HOLDING: Final = (
    _held("在庫(g)", "Held (g)", "held_g"),
    _held("販売(g)", "Sold (g)", "sold_g"),
    _held("廃棄(g)", "Discarded (g)", "discarded_g"),
    _held("自家消費(g)", "Own use (g)", "own_use_g"),
    _held("加工・詰替(g)", "Made into others (g)", "transformed_g"),
    _held("棚卸不足(g)", "Lost (g)", "lost_g"),
    _held("棚卸超過(g)", "Surplus (g)", "surplus_g"),
    _held("うち確認待ち(g)", "Of it unproven (g)", "unproven_g"),
    _held("産地否認(g)", "Denied (g)", "denied_g"),
)

STOCK: Final = (
    *_ORIGIN,
    _held("持ち主", "Owner", "owner_name"),
    _held("持ち主番号", "Owner's number", "owner"),
    *_HOLDING,
    _held("出荷停止", "On hold", "is_on_hold"),
)
CONSIGNMENTS: Final = (
    *_ORIGIN,
    _held("預け先", "Holder", "holder_name"),
    _held("預け先番号", "Holder's number", "holder"),
    *_HOLDING,
)
LOT_BOOK: Final = (
    *_ORIGIN,
    _column("収穫(g)", "Harvested (g)", "harvest_g"),
    _column("見積もり", "Estimated", "estimated"),
    _column("追加(g)", "Added (g)", "supplement_g"),
    _column("記録前の受取(g)", "Claimed (g)", "claimed_g"),
    _column("否認(g)", "Denied (g)", "denied_g"),
    _column("製造(g)", "Made (g)", "made_g"),
)
SHIPMENTS: Final = (
    _column("出荷番号", "Shipment", "id"),
    _column("ロット番号", "Lot", "lot"),
    _column("品目", "Crop", "crop_name"),
    _column("方向", "Direction", "direction"),
    _column("状態", "State", "state"),
    _column("送り手", "Sender", "sender_name"),
    _column("送り手番号", "Sender's number", "sender"),
    _column("受け手", "Recipient", "recipient_name"),
    _column("受け手番号", "Recipient's number", "recipient"),
    _column("委託", "Consigned", "is_consigned"),
    _column("出荷(g)", "Shipped (g)", "shipped_g"),
    _column("受取(g)", "Received (g)", "received_g"),
    _column("未決(g)", "Disputed (g)", "disputed_g"),
    _column("損失(g)", "Lost (g)", "lost_g"),
    _column("最後の変更", "Last change", "changed_at", is_time=True),
)
RECALLS: Final = (
    _column("回収番号", "Recall", "id"),
    _column("状態", "State", "state"),
    _column("種類", "Kind", "kind"),
    _column("原因", "Cause", "cause"),
    _column("対象の決め方", "Found by", "scope"),
    _column("対象ロット数", "Lots named", "roots_count"),
    _column("知らせた事業者", "Declared by", "party_name"),
    _column("事業者番号", "Declarer's number", "party"),
    _column("最後の変更", "Last change", "changed_at", is_time=True),
)
FLAGS: Final = (
    _column("記録日時", "Recorded", "at", is_time=True),
    _column("コード", "Code", "code"),
    _column("内容", "What was compared", "text"),
    _column("対象", "About", "subject"),
    _column("事業者", "Party", "party_name"),
    _column("事業者番号", "Party's number", "party"),
    Column(ja="数値", en="Figures", cell=_figures),
    _column("記録番号", "Entry", "entry"),
)
