"""The block format: known answers, canonical form, and nothing lost between writing and reading."""

import json
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from gateway.ledgers.embedded import blocks

KEYS = st.text(st.characters(max_codepoint=127), min_size=1, max_size=20)
RECORDS = st.builds(
    blocks.TransactionRecord,
    id=st.text("0123456789abcdef", min_size=64, max_size=64),
    time=st.integers(0, 2**40),
    msp_id=st.text(max_size=10),
    certificate=st.text("0123456789abcdef", max_size=64),
    function=st.sampled_from(["submit", "submit_at"]),
    args=st.lists(st.binary() | st.text().map(str.encode), max_size=3).map(tuple),
    payload=st.binary(),
    writes=st.dictionaries(KEYS, st.binary(min_size=1), max_size=3),
)


@given(RECORDS)
def test_record_comes_back_as_it_was_written(record):
    content = record.encode()
    assert blocks.TransactionRecord.decode(content) == record
    assert content == rfc8785.dumps(json.loads(content))


def test_block_hash_is_what_a_reader_without_this_module_computes():
    contents = [b'{"id":"1"}', b'{"id":"2"}']
    data = sha256(sha256(contents[0]).digest() + sha256(contents[1]).digest()).hexdigest()
    header = f'{{"data_hash":"{data}","number":7,"previous_hash":"{"ab" * 32}","v":1}}'
    assert (
        blocks.seal(number=7, previous_hash="ab" * 32, contents=contents)
        == sha256(header.encode()).hexdigest()
    )


def test_block_hash_stays_as_published():
    # A changed value means that old files no longer open.
    assert (
        blocks.seal(number=0, previous_hash="", contents=[b"{}"])
        == "c9919a08423f782099a3dea9b84ea37f434888da76e34767c5a34e3e935a3276"
    )


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"{}", b"\xff", b'{"time":1}', b'{"time":true,"results":[]}',
     b'{"time":"1","results":[]}', b'{"time":1,"results":[1]}', b'{"time":1,"results":{}}'],
)  # fmt: skip
def test_malformed_answer_is_refused(payload):
    with pytest.raises(ValueError):  # noqa: PT011 - a JSON error is one as well
        blocks.parse_answer(payload)
