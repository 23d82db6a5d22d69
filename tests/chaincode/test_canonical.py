"""JSON with one spelling per value: what is read, what is refused and with which code."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaincode.base import canonical
from chaincode.base.errors import Code, FaultError

# Written with escapes where an editor would not show the difference.
texts = st.text(
    st.characters(
        max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Nd"]
    )
).map(lambda text: unicodedata.ucd_3_2_0.normalize("NFC", text))
ascii_texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
integers = st.integers(-(2**53) + 1, 2**53 - 1)
documents = st.recursive(
    st.none() | st.booleans() | integers | ascii_texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ascii_texts, inner, max_size=4),
    max_leaves=12,
)


def code_of(raw: bytes, read=canonical.decode) -> Code | None:
    try:
        read(raw)
    except FaultError as fault:
        return fault.code
    return None


def depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max((depth(one) for one in value.values()), default=0)
    if isinstance(value, list):
        return 1 + max((depth(one) for one in value), default=0)
    return 0


@given(documents)
def test_what_is_written_is_read_as_it_was(value):
    raw = canonical.encode(value)
    if depth(value) > canonical.DEPTH_MAX:
        assert code_of(raw) == "TOO_DEEP"
    else:
        assert canonical.decode_canonical(raw) == value


@given(documents)
def test_any_spelling_of_a_document_reads_the_same_and_only_the_canonical_one_is_canonical(value):
    if depth(value) > canonical.DEPTH_MAX:
        return
    for spelled in (
        json.dumps(value),
        json.dumps(value, indent=1),
        json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        " " + json.dumps(value) + "\n",
    ):
        raw = spelled.encode()
        assert canonical.decode(raw) == value
        expected = None if raw == canonical.encode(value) else "NOT_CANONICAL"
        assert code_of(raw, canonical.decode_canonical) == expected


@given(st.lists(ascii_texts, unique=True, min_size=2, max_size=6), st.randoms())
def test_members_are_written_in_one_order_whatever_order_they_came_in(names, draw):
    shuffled = list(names)
    draw.shuffle(shuffled)
    one, other = (dict.fromkeys(order, 1) for order in (names, shuffled))
    assert canonical.encode(one) == canonical.encode(other)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_code(raw):
    code_of(raw)
    code_of(raw, canonical.decode_canonical)


@given(st.text(max_size=60))
def test_any_text_in_quotes_is_stored_as_sent_or_refused_with_a_code(text):
    try:
        raw = json.dumps(text, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raw = json.dumps(text).encode()
    code = code_of(raw)
    if code is None:
        assert canonical.decode(raw) == text
    else:
        assert code in {
            "LONE_SURROGATE",
            "NON_ASCII_DIGIT",
            "FORBIDDEN_CHARACTER",
            "NOT_NFC",
        }


@given(documents, st.data())
def test_a_document_with_a_byte_changed_is_read_or_refused_with_a_code(value, data):
    raw = bytearray(canonical.encode(value))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255))
    code_of(bytes(raw), canonical.decode_canonical)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "NOT_JSON"),
        (b" ", "NOT_JSON"),
        (b"{", "NOT_JSON"),
        (b"nul", "NOT_JSON"),
        (b"1 2", "NOT_JSON"),
        (b"{'a':1}", "NOT_JSON"),
        (b'{"a":1,}', "NOT_JSON"),
        (b"[1,]", "NOT_JSON"),
        (b'{"a":01}', "NOT_JSON"),
        (b"+1", "NOT_JSON"),
        (b"1.", "NOT_JSON"),
        (b"-", "NOT_JSON"),
        (b"0x10", "NOT_JSON"),
        (b'"\t"', "NOT_JSON"),
        (b'"a', "NOT_JSON"),
        (b'"\\x41"', "NOT_JSON"),
        ("\ufeff{}".encode(), "NOT_JSON"),
        ("\uff11".encode(), "NOT_JSON"),
        ("{\u3000}".encode(), "NOT_JSON"),
        (b"// 1", "NOT_JSON"),
        (b"\xff", "NOT_UTF8"),
        (b'"\xe3\x81"', "NOT_UTF8"),
        (b'"\xc0\xaf"', "NOT_UTF8"),
        (b'"\xed\xa0\x80"', "NOT_UTF8"),
        ("{}".encode("utf-16"), "NOT_UTF8"),
        (b"[" * 9 + b"]" * 9, "TOO_DEEP"),
        (b'{"a":' * 9 + b"1" + b"}" * 9, "TOO_DEEP"),
        (b"[" * 100_000, "TOO_DEEP"),
        (b"[" * 8 + b"]" * 8, None),
        (b'"[[[[[[[[[[[["', None),
        (b'"\\"[[[[[[[[[[[["', None),
        (b'{"a":1,"a":1}', "DUPLICATE_MEMBER"),
        (b'{"a":1,"\\u0061":2}', "DUPLICATE_MEMBER"),
        (b'[{"a":{"b":1,"b":2}}]', "DUPLICATE_MEMBER"),
        (b"NaN", "NOT_A_NUMBER"),
        (b"[Infinity]", "NOT_A_NUMBER"),
        (b"-Infinity", "NOT_A_NUMBER"),
        (b"1.0", "NOT_AN_INTEGER"),
        (b"1e3", "NOT_AN_INTEGER"),
        (b"-0.0", "NOT_AN_INTEGER"),
        (b"1E400", "NOT_AN_INTEGER"),
        (b"9007199254740991", None),
        (b"-9007199254740991", None),
        (b"9007199254740992", "INTEGER_TOO_LARGE"),
        (b"-9007199254740992", "INTEGER_TOO_LARGE"),
        (b"9" * 5_000, "INTEGER_TOO_LARGE"),
        (b'"\\ud800"', "LONE_SURROGATE"),
        (b'"\\udc00\\ud800"', "LONE_SURROGATE"),
        (b'{"\\ud800":1}', "LONE_SURROGATE"),
        ('"\uff11"'.encode(), "NON_ASCII_DIGIT"),
        (b'"\\uff11"', "NON_ASCII_DIGIT"),
        ('"\u0661"'.encode(), "NON_ASCII_DIGIT"),
        (b'"\\u0000"', "FORBIDDEN_CHARACTER"),
        (b'"\\t"', "FORBIDDEN_CHARACTER"),
        (b'"\\n"', "FORBIDDEN_CHARACTER"),
        (b'"\\b"', "FORBIDDEN_CHARACTER"),
        (b'"\x7f"', "FORBIDDEN_CHARACTER"),
        (b'{"\x7f":1}', "FORBIDDEN_CHARACTER"),
        ('"\u0085"'.encode(), "FORBIDDEN_CHARACTER"),
        ('"\u200b"'.encode(), "FORBIDDEN_CHARACTER"),
        ('"\u202e"'.encode(), "FORBIDDEN_CHARACTER"),
        ('"\ufeff"'.encode(), "FORBIDDEN_CHARACTER"),
        ('"\u2028"'.encode(), "FORBIDDEN_CHARACTER"),
        ('"\ue000"'.encode(), "FORBIDDEN_CHARACTER"),
        ('"\uffff"'.encode(), "FORBIDDEN_CHARACTER"),
        ('["e\u0301"]'.encode(), "NOT_NFC"),
        ('{"e\u0301":1}'.encode(), "NOT_NFC"),
        (b'"\\u0065\\u0301"', "NOT_NFC"),
        (b'"\\u00e9"', None),
        (b'"\\\\"', None),
        (b'"\\/"', None),
    ],
)
def test_a_document_is_refused_with_its_own_code(raw, code):
    assert code_of(raw) == code


@pytest.mark.parametrize(
    "raw",
    [
        b' {"a":1}',
        b'{"a":1}\n',
        b'{"a": 1}',
        b'{"b":1,"a":1}',
        b'{"a":-0}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":"\\u3042"}',
    ],
)
def test_a_second_spelling_is_not_canonical(raw):
    assert code_of(raw) is None
    assert code_of(raw, canonical.decode_canonical) == "NOT_CANONICAL"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b"[" * 9 + b"\xff", "NOT_UTF8"),
        (b"[" * 9 + b"x", "TOO_DEEP"),
        (b'["\\u0000",nul', "NOT_JSON"),
        ('["e\u0301\u202e"]'.encode(), "FORBIDDEN_CHARACTER"),
        ('["\u202e\uff11"]'.encode(), "NON_ASCII_DIGIT"),
        ('["e\u0301","\uff11"]'.encode(), "NOT_NFC"),
        (b'["\\uff11\\ud800"]', "LONE_SURROGATE"),
    ],
)
def test_of_two_faults_the_earlier_stage_is_answered(first, second):
    assert code_of(first) == second


def test_members_sort_by_utf_16_as_browsers_do():
    names = ["\uff5e", "\U00020bb7", "a"]
    raw = canonical.encode(dict.fromkeys(names, 1))
    assert list(json.loads(raw)) == ["a", "\U00020bb7", "\uff5e"]
    assert canonical.decode_canonical(raw) == dict.fromkeys(names, 1)
