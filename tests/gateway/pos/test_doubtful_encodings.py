"""A till's file whose bytes are text in more than one encoding: asked back, never guessed."""

import random
from itertools import islice

import pytest

from gateway.pos import FileError, PosMapping
from gateway.pos.decoding import Encoding, decode
from tests.gateway.pos.making import file, read

DRAWN = 60
CODECS = {Encoding.EUC_JP: "euc_jis_2004", Encoding.CP932: "cp932", Encoding.UTF_8: "utf-8"}


def drawn_from_euc_jp():
    """Yield words in kanji that are half-width kana in CP932, as those may stand in a till's file.

    Of two characters each, of all that the JIS X 0208 rows 1 to 63 have below 0xE0.
    """
    rng = random.Random(10)
    while True:
        word = bytes(rng.randrange(0xB0, 0xE0) for _ in range(4))
        try:
            word.decode("euc_jp")
        except UnicodeDecodeError:
            continue
        content = b"code,name\r\n1001," + word + b"\r\n"
        yield content, word


def doubtful(content):
    try:
        decode(content)
    except FileError as error:
        return error if error.kind == "file.encoding_doubtful" else None
    return None


DOUBTFUL = list(islice((one for one in drawn_from_euc_jp() if doubtful(one[0]) is not None), DRAWN))


@pytest.mark.parametrize(("content", "word"), DOUBTFUL, ids=[word.hex() for _, word in DOUBTFUL])
def test_what_reads_in_two_encodings_is_asked_back_with_both_readings(content, word):
    error = doubtful(content)
    for language in ("ja", "en"):
        said = error.say(language)
        assert word.decode("euc_jis_2004") in said
        assert word.decode("cp932") in said
        assert {"EUC-JP", "Shift_JIS (CP932)"} <= {
            one for one in ("EUC-JP", "Shift_JIS (CP932)") if one in said
        }
        assert '"encoding": "' in said
        assert "--encoding" in said
    for encoding in (Encoding.EUC_JP, Encoding.CP932):
        assert decode(content, encoding) == content.decode(CODECS[encoding])


@pytest.mark.parametrize("word", ["人参", "春巻", "高値", "桔梗", "春秋"])
def test_goods_in_kanji_that_are_kana_in_another_encoding(word):
    content = f"code,name\r\n1001,{word}\r\n".encode("euc_jp")
    if all(byte < 0xE0 for byte in word.encode("euc_jp")):
        assert word in doubtful(content).say("ja")
    assert decode(content, Encoding.EUC_JP).endswith(f",{word}\r\n")


@pytest.mark.parametrize("word", ["ｿﾍｻｲ", "ｲﾓ", "ｺﾒ", "ﾅｽ", "ﾆﾗ", "ｶﾌﾞﾗ"])
def test_kana_that_are_kanji_in_another_encoding(word):
    content = f"code,name\r\n1001,{word}\r\n".encode("cp932")
    assert word in doubtful(content).say("en")
    assert decode(content, Encoding.CP932).endswith(f",{word}\r\n")


@pytest.mark.parametrize("word", ["café", "Ñ", "ÄÖ", "¥"])
def test_letters_of_two_bytes_that_are_kana_in_another_encoding(word):
    content = f"code,name\r\n1001,{word}\r\n".encode()
    error = doubtful(content)
    try:
        is_kana = all(
            "\uff61" <= one <= "\uff9f" or one.isascii() for one in word.encode().decode("cp932")
        )
    except UnicodeDecodeError:
        is_kana = False
    assert (error is not None) or not is_kana
    assert decode(content, Encoding.UTF_8).endswith(f",{word}\r\n")
    assert decode(b"\xef\xbb\xbf" + content).endswith(f",{word}\r\n")


@pytest.mark.parametrize("said", [None, *Encoding])
@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("word", ["にんじん", "大根", "ﾄﾏﾄ", "髙﨑", "①㈱", "ﾈｷﾞ", "ﾄﾏﾄ大"])
def test_what_is_said_never_overrules_a_file_that_reads_in_one_alone(said, encoding, word):
    content = f"コード,名前\r\n1001,{word}\r\n".encode(encoding)
    assert decode(content, said).endswith(f"1001,{word}\r\n")


@pytest.mark.parametrize("said", [None, Encoding.CP932, Encoding.UTF_8])
def test_euc_jp_alone_is_named_with_how_to_say_that_it_is_meant(said):
    content = "コード,名前\r\n1001,にんじん\r\n".encode("euc_jp")
    with pytest.raises(FileError, match="EUC-JP") as raised:
        decode(content, said)
    assert '"encoding": "euc-jp"' in raised.value.say("ja")
    assert decode(content, Encoding.EUC_JP).endswith("にんじん\r\n")


def test_a_till_in_euc_jp_is_read_by_its_mapping():
    row = "2026/04/15,10001,1001,2"
    whole = file(row, encoding="euc_jp")
    with pytest.raises(FileError):
        read(whole)
    (line,) = read(whole, encoding="euc-jp").lines
    assert line.quantity_g == 600


def test_a_mapping_takes_no_other_encoding():
    with pytest.raises(ValueError, match="encoding"):
        PosMapping(till="1", date="d", item="i", count="c", encoding="shift_jis")
