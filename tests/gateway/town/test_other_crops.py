"""Crops in words that stay off the ledger: kept once, named by the office, erased."""

import re
import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaincode.base.shapes import Word
from gateway.town.names import UNNAMED, Names
from gateway.town.other_crops import OtherCropError, OtherCrops, code_of, is_other, new_salt

WORD = Word.__metadata__[0].pattern
NOW = 1_795_000_000


@pytest.fixture
def others(tmp_path):
    return OtherCrops(tmp_path / "private" / "other-crops.sqlite")


def test_the_same_words_in_any_form_have_one_code_that_tells_nobody_them(others):
    code = others.enter("へべす", now=NOW).code
    assert re.fullmatch(WORD, code)
    assert is_other(code)
    for words in ("ヘベス", " へべす ", "ﾍﾍﾞｽ"):
        assert others.enter(words, now=NOW + 1).code == code
    assert others.enter("日向夏の枝変わり", now=NOW).code != code
    assert len(others.all()) == 2


def test_another_gateways_code_of_the_same_words_is_another(others, tmp_path):
    elsewhere = OtherCrops(tmp_path / "elsewhere.sqlite")
    assert others.enter("へべす", now=NOW).code != elsewhere.enter("へべす", now=NOW).code


def test_what_the_office_names_is_shown_by_its_name_and_until_then_by_none(others):
    names = Names(others=others)
    code = others.enter("へべす", now=NOW).code
    assert names.crop(code, "ja") == UNNAMED["ja"]
    assert names.crop("other", "en") == UNNAMED["en"]
    others.name(code, "taro")
    assert names.crop(code, "ja") == "さといも"
    assert set(others.kin("taro")) == set(others.kin(code)) == {"taro", code}
    others.name(code, "")
    assert others.kin("taro") == ["taro", "taro"]


def test_erased_words_are_in_no_file(others, tmp_path):
    code = others.enter("佐藤さんのへべす", now=NOW).code
    others.name(code, "taro")
    others.forget(code)
    assert others.called("佐藤さんのへべす") == []
    assert others.find(code).crop == "taro"
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert "佐藤".encode() not in path.read_bytes(), path
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("words", ["", "  ", "あ" * 41, "へ\u200bべす", "へ\x07べす", "\u202eへ"])
def test_words_that_nobody_can_read_are_refused(others, words):
    with pytest.raises(OtherCropError):
        others.enter(words, now=NOW)
    assert others.all() == []


def test_a_code_that_nobody_entered_can_not_be_named(others):
    for change in (lambda: others.name("other-x", "taro"), lambda: others.forget("other-x")):
        with pytest.raises(OtherCropError, match="other-x"):
            change()


def test_many_at_once_get_one_code(others):
    codes = []
    threads = [
        threading.Thread(target=lambda: codes.append(others.enter("へべす", now=NOW).code))
        for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(codes) == 8
    assert len(set(codes)) == 1


@given(st.text(max_size=60))
def test_no_words_break_it(tmp_path_factory, words):
    others = OtherCrops(tmp_path_factory.mktemp("words") / "o.sqlite")
    try:
        code = others.enter(words, now=NOW).code
    except OtherCropError:
        return
    assert re.fullmatch(WORD, code)
    assert [one.code for one in others.called(words)] == [code]


def test_without_a_file_nothing_is_known():
    nowhere = OtherCrops()
    assert (nowhere.all(), nowhere.find("other-x"), nowhere.kin("taro")) == ([], None, ["taro"] * 2)


def test_a_code_that_was_signed_without_a_line_gets_its_words_once(others):
    here = others.enter("へべす", now=1)
    salt = new_salt()
    there = others.enter("ヘベス", now=2, salt=salt)
    assert there.code == code_of(salt, "ヘベス") != here.code
    assert others.enter("ヘベス", now=3, salt=salt) == there
    assert {one.code for one in others.called("へべす")} == {here.code, there.code}
    others.forget(there.code)
    assert others.enter("ヘベス", now=4, salt=salt).words == ""  # forgotten is forgotten
