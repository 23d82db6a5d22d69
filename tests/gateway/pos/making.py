"""A till's mapping and files."""

from gateway.pos import PosMapping, read_file
from gateway.typed import TownClock

SHOP, FARM, OTHER_FARM = "S4M9X2B0KTD7", "F4M9X2B0KTD7", "G4M9X2B0KTD7"
LOT, OLDER, YOUNGER = "5" * 20, "6" * 20, "7" * 20
TOWN = TownClock(utc_offset_minutes=540, now=1_776_300_000)  # 2026-04-16 09:40 there

ITEMS = {
    "1001": {"crop": "carrot", "owner": FARM, "unit": "bag", "unit_g": 300, "name": "にんじん"},
    "1002": {"crop": "rice", "unit": "bag", "unit_g": 5_000},
    "1003": {"crop": "carrot", "owner": FARM, "unit_g": 200, "lot": LOT},
    "2001": {
        "crop": "taro",
        "owner": OTHER_FARM,
        "unit": "kg",
        "name": "さといも",
        "farm": "農家B",
    },
}
HEADINGS = "日付,伝票番号,商品コード,数量"


def mapping(**changes):
    values = {
        "till": "レジ1",
        "date": "日付",
        "receipt": "伝票番号",
        "item": "商品コード",
        "count": "数量",
        "items": ITEMS,
    }
    return PosMapping.model_validate(values | changes)


def file(*rows, headings=HEADINGS, encoding="cp932", newline="\r\n"):
    return "".join(row + newline for row in (headings, *rows)).encode(encoding)


def read(content, party=SHOP, **changes):
    """Return what is read of a file, all of whose rows are accounted for."""
    reading = read_file(content, mapping(**changes), party=party, town=TOWN)
    parts = (reading.lines, reading.cancelled, reading.returned, reading.refused, reading.passed)
    assert sum(map(len, parts)) == reading.rows
    return reading


def keys(reading):
    return {line.key: line.entry.content for line in reading.lines}


def told(rows):
    return [(one.row, one.kind) for one in rows]


def widened(text):
    """Return text as it is typed with the Japanese input on; commas part cells, and stay."""
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F) if code != ord(",")})
