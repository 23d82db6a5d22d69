"""A mapping to begin with: what the headings of common tills in Japan are likely to mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.pos.decoding import Encoding, decode
from gateway.pos.mapping import KindColumn
from gateway.pos.refusals import FileError
from gateway.pos.table import DELIMITERS, Row, Table, first_rows, heading, read_table

VALUES_MAX: Final = 12  # of a column that says what kind a row is

# What a heading may say, the likeliest first; a heading that only holds one of these comes after.
_SAID: Final = {
    "date": "売上日 販売日 取引日 営業日 日付 会計日 売上日時 取引日時 販売日時 会計日時 精算日時 "
    "年月日 日時 date datetime",
    "receipt": "レシート番号 伝票番号 取引番号 取引id 会計id 伝票no レシートno 伝票no. レシートno. "
    "取引no 会計番号 receipt receiptno transactionid",
    "line": "行番号 明細番号 行no 明細no 明細id 取引明細id 行 line lineno",
    "item": "商品コード 品番 jan janコード バーコード 商品番号 商品id コード itemcode sku barcode",
    "count": "数量 販売数 個数 点数 売上数 販売数量 売上点数 quantity qty",
    "mass": "重量 計量 重さ 正味量 weight",
    "lot": "ロット番号 ロット lot",
    "register": "レジ番号 端末番号 レジno レジid 端末id 端末名 レジ register",
    "original": "元伝票番号 元レシート番号 元取引番号 元取引id 取消元",
    "name": "商品名 品名 商品名称 名称 itemname name",
}
_HEADINGS: Final = {role: tuple(said.split()) for role, said in _SAID.items()}
NEEDED: Final = ("date", "item", "count")
OPTIONAL: Final = tuple(role for role in _HEADINGS if role not in NEEDED)
_KINDS: Final = (
    "取消",
    "返品",
    "取引区分",
    "伝票区分",
    "売上区分",
    "明細区分",
    "状態",
    "ステータス",
)
_VOID: Final = ("取消", "取り消し", "キャンセル", "無効", "void", "cancel")
_RETURN: Final = ("返品", "返金", "return", "refund")
_YES: Final = ("1", "○", "有", "あり", "true", "yes", "y", "*", "レ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A file's table, and which heading is likely to mean what; a role may have none."""

    table: Table
    columns: dict[str, str]
    kinds: tuple[KindColumn, ...]


def guess(content: bytes, encoding: Encoding | None = None) -> Guess:
    """Return what a till's file is likely to mean.

    Args:
        content: The file.
        encoding: Which encoding it is in, where that can't be told from it.

    Raises:
        FileError: It can't be read, or has no row with headings.
    """
    text = decode(content, encoding)
    best: tuple[int, Row | None] = (0, None)
    for delimiter in DELIMITERS:
        for row in first_rows(text, delimiter):
            found = len(_columns(row.cells))
            if found > best[0] and len(row.cells) > 2:
                best = (found, row)
    if best[1] is None:
        names = "、".join(_HEADINGS[role][0] for role in NEEDED)
        raise FileError(1, "file.no_column", names=names, there="")
    named = [cell for cell in best[1].cells if heading(cell)]
    single = [cell for cell in named if [*map(heading, named)].count(heading(cell)) == 1]
    table = read_table(text, single)
    return Guess(table=table, columns=_columns(table.headings), kinds=_kinds(table))


def values(table: Table, column: str) -> dict[str, int]:
    """Return how often each value stands in a column, the commonest first."""
    place = table.place(column)
    counted: dict[str, int] = {}
    for row in table.rows:
        if not row.fault and len(row.cells) == len(table.headings):
            counted[row.cells[place]] = counted.get(row.cells[place], 0) + 1
    return dict(sorted(counted.items(), key=lambda one: -one[1]))


def _columns(cells: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    taken: set[str] = set()
    for is_exact in (True, False):
        for role, names in _HEADINGS.items():
            if role in found:
                continue
            match = _first(names, cells, taken, is_exact=is_exact)
            if match is not None:
                found[role] = match
                taken.add(match)
    return found


def _first(
    names: Iterable[str], cells: Sequence[str], taken: set[str], *, is_exact: bool
) -> str | None:
    for name in names:
        for cell in cells:
            is_kind = any(word in cell for word in (*_KINDS, "金額", "単価"))
            one = heading(cell)
            fits = one == name if is_exact else name in one and len(name) > 1 and not is_kind
            if fits and cell not in taken:
                return cell
    return None


def _kinds(table: Table) -> tuple[KindColumn, ...]:
    found = []
    for name in table.headings:
        if (
            not any(word in heading(name) for word in _KINDS)
            or name in _columns(table.headings).values()
        ):
            continue
        if [*map(heading, table.headings)].count(heading(name)) > 1:
            continue
        there = [*values(table, name)]
        if len(there) <= VALUES_MAX:
            found.append(_kind(name, there))
    return tuple(found)


def _kind(name: str, there: Sequence[str]) -> KindColumn:
    """Return what the values of a column say; what is not understood stays for a person to say."""
    said: dict[str, list[str]] = {"sale": ["", "0"], "void": [], "return": []}
    is_flag_of_return = any(word in heading(name) for word in _RETURN)
    for value in there:
        text = heading(value)
        if any(word in text for word in _VOID):
            said["void"].append(value)
        elif any(word in text for word in _RETURN):
            said["return"].append(value)
        elif text in _YES:
            said["return" if is_flag_of_return else "void"].append(value)
        elif text in {
            "売上",
            "販売",
            "通常",
            "通常会計",
            "完了",
            "会計",
            "sale",
            "-",
            "無",
            "なし",
        }:
            said["sale"].append(value)
    return KindColumn.model_validate({"column": name, **said})
