"""A till's file as lines sold; what can't be read is said row by row, and stops nothing else."""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from hashlib import sha256
from typing import Final
from unicodedata import normalize

from chaincode.base import canonical, times
from gateway.pos.mapping import Item, PosMapping

_DATES: Final = (
    re.compile(r"(?P<y>20\d\d)[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"),
    re.compile(r"(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)"),
    re.compile(r"(?:R|令和)(?P<r>\d{1,2}|元)[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"),
)
_TIME: Final = re.compile(r"[ T]+\d{1,2}:\d{2}(:\d{2})?$")  # tills write it too
_REIWA_BEGAN: Final = 2018  # 令和1 is 2019
_COUNT: Final = re.compile(r"[0-9]{1,6}")
_LOT: Final = re.compile("[0-9A-HJKMNP-TV-Z]{20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a receipt.

    Attributes:
        row: The file's row, counted from 1, headings included.
        key: SHA-256 that names this line of this till for ever.
        day: ISO date.
        lot: Where the file knows it.
    """

    row: int
    key: str
    day: str
    item: Item
    count: int
    lot: str | None

    @property
    def quantity_g(self) -> int:
        """Grams sold."""
        return self.count * self.item.unit_g

    def day_end(self, utc_offset_minutes: int) -> str:
        """Return the last second of the line's day in the town, as a `Timestamp`."""
        zone = timezone(timedelta(minutes=utc_offset_minutes))
        end = datetime.combine(date.fromisoformat(self.day), time(23, 59, 59), zone)
        return times.timestamp(int(end.timestamp()))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """What is wrong with one row (0: the file), in Japanese and English."""

    row: int
    ja: str
    en: str


def read_lines(
    content: bytes, mapping: PosMapping, *, party: str
) -> tuple[list[Line], list[RowError]]:
    """Read a file of UTF-8 or CP932, with or without a byte order mark, with headings.

    Args:
        content: The file.
        mapping: How to read it.
        party: The shop's, which a line's key is bound to.
    """
    text = _decode(content)
    if text is None:
        return [], [RowError(row=0, ja="文字コードが読めません。", en="neither UTF-8 nor CP932")]
    # Not csv.DictReader: it passes over empty rows, and every row's number after one is wrong.
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        return [], [RowError(row=0, ja="CSVとして読めません。", en="not a CSV file")]
    headings = [_plain(name) for name in rows[0]] if rows else []
    wanted = [mapping.date, mapping.receipt, mapping.item, mapping.count]
    missing = [name for name in wanted if _plain(name) not in headings]
    if missing:
        names = ", ".join(missing)
        return [], [RowError(row=1, ja=f"列がありません: {names}", en=f"no column {names}")]
    lines: list[Line] = []
    errors: list[RowError] = []
    seen: Counter[str] = Counter()
    for number, raw in enumerate(rows[1:], start=2):
        cells = dict(zip(headings, map(_plain, raw), strict=False))
        if not any(cells.values()):
            continue
        read = _read_row(number, cells, mapping, party, seen)
        if isinstance(read, Line):
            lines.append(read)
        else:
            errors.append(read)
    return lines, errors


def _read_row(
    number: int,
    cells: Mapping[str, str],
    mapping: PosMapping,
    party: str,
    seen: Counter[str],
) -> Line | RowError:
    def cell(name: str) -> str:
        return cells.get(_plain(name), "")

    def wrong(ja: str, en: str) -> RowError:
        return RowError(row=number, ja=ja, en=en)

    day = _day(cell(mapping.date))
    if day is None:
        shown = cell(mapping.date)
        return wrong(f"日付が読めません: {shown}", f"not a date: {shown}")
    receipt = cell(mapping.receipt)
    if not receipt:
        return wrong("レシート番号がありません。", "no receipt number")
    # Counted even where the row is wrong, so that mending it changes no other line's key.
    seen[f"{day} {receipt}"] += 1
    line = cell(mapping.line) if mapping.line else str(seen[f"{day} {receipt}"])
    code = cell(mapping.item)
    item = mapping.items.get(code)
    if item is None:
        return wrong(f"商品コードが登録されていません: {code}", f"unknown item code: {code}")
    count = cell(mapping.count)
    if not _COUNT.fullmatch(count) or int(count) == 0:
        return wrong(f"個数が正しくありません: {count}", f"not a count sold: {count}")
    lot = cell(mapping.lot).upper() if mapping.lot else ""
    if lot and not _LOT.fullmatch(lot):
        return wrong(f"ロット番号が正しくありません: {lot}", f"not a lot's number: {lot}")
    name = canonical.encode([party, mapping.till, day, receipt, line])
    key = sha256(name).hexdigest()
    return Line(
        row=number, key=key, day=day, item=item, count=int(count), lot=lot or item.lot or None
    )


def _plain(cell: str) -> str:
    """Return a cell as it would be typed on a keyboard without full-width characters."""
    return normalize("NFKC", cell).strip()


def _decode(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _day(text: str) -> str | None:
    for pattern in _DATES:
        found = pattern.fullmatch(_TIME.sub("", text))
        if found is None:
            continue
        parts = found.groupdict()
        era = parts.get("r")
        year = _REIWA_BEGAN + (1 if era == "元" else int(era)) if era else int(parts["y"])
        try:
            return date(year, int(parts["m"]), int(parts["d"])).isoformat()
        except ValueError:
            return None
    return None
