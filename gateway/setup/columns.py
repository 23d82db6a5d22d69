"""Columns that many sheets of the workbook have."""

from typing import Final

from gateway.setup import values
from gateway.setup.sheets import Column

CODE_NOTE: Final = (
    "この行を指す番号。決めたら変えないでください。名前は書かないでください",
    "identifies the row for ever; never a name",
)
SINCE: Final = Column(
    key="since",
    ja="開始日",
    en="from",
    read=values.day,
    example="令和8年4月1日",
    note=(
        "公開した行は変えず、新しい日付の行を足します",
        "never change a published row; add one with a new date",
    ),
)


def code_column(example: str) -> Column:
    """Return the column of what identifies a row."""
    return Column(
        key="code", ja="コード", en="code", read=values.code, example=example, note=CODE_NOTE
    )


def name_column(ja: str, en: str, example: str, *, required: bool = True) -> Column:
    """Return the column of a name, which stays off the ledger."""
    return Column(
        key="name",
        ja=ja,
        en=en,
        read=values.name,
        example=example,
        required=required,
        note=("台帳には書きません", "never reaches the ledger"),
    )


def text_column(key: str, ja: str, en: str, example: str) -> Column:
    """Return a column of text that may be blank."""
    return Column(key=key, ja=ja, en=en, read=values.name, example=example, required=False)


def day_column(key: str, ja: str, en: str, example: str, *, required: bool = True) -> Column:
    """Return a column of a day, in either calendar."""
    return Column(
        key=key,
        ja=ja,
        en=en,
        read=values.day,
        example=example,
        required=required,
        note=("西暦でも令和でも書けます", "in either calendar"),
    )


def refers_column(key: str, ja: str, en: str, sheet: str, example: str) -> Column:
    """Return a column that names a row of another sheet."""
    read = {
        "organisations": values.word,
        "crops": values.word,
        "districts": values.area_code,
    }.get(sheet, values.code)
    return Column(key=key, ja=ja, en=en, read=read, refers=sheet, example=example)
