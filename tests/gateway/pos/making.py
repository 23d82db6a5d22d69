"""A till's mapping and files."""

from gateway.pos import PosMapping

SHOP, FARM, OTHER_FARM = "S4M9X2B0KTD7", "F4M9X2B0KTD7", "G4M9X2B0KTD7"
LOT, OLDER, YOUNGER = "5" * 20, "6" * 20, "7" * 20

ITEMS = {
    "1001": {"crop": "carrot", "owner": FARM, "unit": "bag", "unit_g": 300},
    "1002": {"crop": "rice", "unit": "bag", "unit_g": 5_000},
    "1003": {"crop": "carrot", "owner": FARM, "unit_g": 200, "lot": LOT},
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
