"""What Japanese keyboards type into a title: stored as sent, or refused with a code, never changed.

The hard cases: compatibility ideographs that NFC replaces, variation sequences, the two wave
dashes, squared words, half-width kana, characters newer than Unicode 3.2.
"""

from collections.abc import Iterator
from itertools import product

import pytest

from chaincode.base.canonical import decode
from chaincode.base.errors import FaultError
from tests.chaincode.drafts import valid

STORED = [
    "みのり町",
    "ミノリ町役場",
    "髙橋商店",  # the "ladder" form of 高
    "\ufa11田農園",  # 﨑, which NFC leaves alone
    "𠮷野家",  # beyond the first plane: two UTF-16 units
    "神社前直売所",
    "大塚青果",
    "辻商店",
    "渡邊・渡邉・渡辺",
    "斎藤 齋藤 齊藤",
    "〜朝市〜",  # wave dash, U+301C
    "\uff5e朝市\uff5e",  # full-width tilde, U+FF5E
    "\uff0d朝市\uff0d",  # full-width hyphen
    "ー朝市ー",
    "㈱みのり",
    "㈲みのり",
    "①番地",  # a digit by value, not a decimal one
    "㎏売り",
    "㍻二年創業",
    "ﾐﾉﾘ町",  # half-width kana
    "ﾊﾞﾅﾅ",  # with a half-width voice mark
    "が",  # one character
    "ば・ぱ・ヴ",
    "々〆〇ゝゞヽヾ",
    "「みのり」『町』（仮）",
    "ＪＡみのり",
    "みのり　町",
    "みのり 町",
    "A&B青果",
    "Café みのり",
    "カフェ♨みのり",
    "鷗外通り",  # JIS X 0213
    "俱楽部",
    "鄧小平",
    "禰豆子",
    "葛城",
    "ゔ",
    "令和堂",
    "〒880",
    "♪歌声",
]
REFUSED = [
    ("\ufa19社前", "NOT_NFC"),  # 神 as compatibility ideograph
    ("\ufa10田", "NOT_NFC"),  # 塚
    ("\uf9dc人会", "NOT_NFC"),  # 隆
    ("\ufa1a\ufa1b", "NOT_NFC"),  # 祥福
    ("か\u3099", "NOT_NFC"),  # か and a combining voice mark: what some file systems give
    ("ハ\u309a", "NOT_NFC"),
    ("Cafe\u0301", "NOT_NFC"),
    ("\u212b", "NOT_NFC"),  # ångström sign
    ("\U0002f81a", "NOT_NFC"),
    ("葛\U000e0100城", "FORBIDDEN_CHARACTER"),  # ideographic variation sequence
    ("辻\U000e0101", "FORBIDDEN_CHARACTER"),
    ("😀", "FORBIDDEN_CHARACTER"),
    ("🥕みのり", "FORBIDDEN_CHARACTER"),
    ("👨\u200d🌾", "FORBIDDEN_CHARACTER"),
    ("\u32ff", "FORBIDDEN_CHARACTER"),  # ㋿, the era name of 2019
    ("\u9fc3", "FORBIDDEN_CHARACTER"),  # 鿃, Unicode 5.1
    ("\ue000", "FORBIDDEN_CHARACTER"),  # 外字, a user's own character
    ("みの\u200bり", "FORBIDDEN_CHARACTER"),  # a space in Unicode 3.2, invisible since
    ("みの\u00adり", "FORBIDDEN_CHARACTER"),
    ("みの\u034fり", "FORBIDDEN_CHARACTER"),
    ("みの\u3164り", "FORBIDDEN_CHARACTER"),
    ("みの\uffa0り", "FORBIDDEN_CHARACTER"),
    ("みのり\u00a0町", "FORBIDDEN_CHARACTER"),
    ("みのり\u2003町", "FORBIDDEN_CHARACTER"),
    ("☕\ufe0f", "FORBIDDEN_CHARACTER"),
    ("神\ufe00", "FORBIDDEN_CHARACTER"),
    ("みのり\u202e町", "FORBIDDEN_CHARACTER"),
    ("みのり\n町", "FORBIDDEN_CHARACTER"),
    ("みのり\t町", "FORBIDDEN_CHARACTER"),
    ("みのり\x7f町", "FORBIDDEN_CHARACTER"),
    ("\ufeffみのり", "FORBIDDEN_CHARACTER"),
    ("１番地", "NON_ASCII_DIGIT"),
    ("令和８年", "NON_ASCII_DIGIT"),
    ("٣", "NON_ASCII_DIGIT"),
    ("", "BAD_VALUE"),
    (" みのり", "BAD_VALUE"),
    ("みのり ", "BAD_VALUE"),
    ("　みのり", "BAD_VALUE"),
    ("みのり　", "BAD_VALUE"),
    ("　", "BAD_VALUE"),
    ("み" * 81, "TEXT_TOO_LONG"),
]


@pytest.mark.parametrize("title", [*STORED, "み" * 80, "𠮷" * 80])
def test_a_title_is_stored_as_it_was_sent(title):
    draft = valid("constitution.amend")
    draft.body["constitution"]["title"] = title
    draft.body["constitution"]["organisations"][0]["title"] = title
    assert draft.answer() == "ACCEPTED"
    raw = draft.world.ledger.state["contract/constitution"]
    assert raw.count(f'"title":"{title}"'.encode()) == 2
    assert decode(raw)["title"] == title


@pytest.mark.parametrize(("title", "code"), REFUSED)
def test_a_title_that_could_be_read_in_two_ways_is_refused(title, code):
    draft = valid("constitution.amend")
    draft.body["constitution"]["title"] = title
    assert draft.submit()["code"] == code


def test_all_of_jis_x_0213_is_stored_but_what_could_be_read_in_two_ways():
    refused = {}
    for text in {text for row in range(0xA1, 0xFF) for text in jis_row(row)}:
        try:
            assert decode(f'"{text}"'.encode()) == text
        except FaultError as fault:
            refused.setdefault(str(fault.code), set()).add(text)
    assert {code: len(found) for code, found in refused.items()} == {
        "NOT_NFC": 78,
        "NON_ASCII_DIGIT": 13,
        "FORBIDDEN_CHARACTER": 2,  # soft hyphen and no-break space
    }


def jis_row(row: int) -> Iterator[str]:
    """Yield the characters of one row, of both planes."""
    for cell, plane in product(range(0xA1, 0xFF), (b"", b"\x8f")):
        try:
            text = (plane + bytes([row, cell])).decode("euc_jis_2004")
        except UnicodeDecodeError:
            continue
        yield text
