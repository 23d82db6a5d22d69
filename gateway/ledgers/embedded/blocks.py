"""The embedded ledger's block format: what is hashed, how it is written, how it is read back.

A block is a header and an ordered list of transactions. Everything is canonical JSON (RFC 8785),
so a reader with a JSON parser and SHA-256 can check a chain without this module:

    content        one transaction, as `TransactionRecord` lists its members
    data_hash      SHA-256 of the SHA-256 digests of the contents, concatenated in order
    header         {"data_hash": …, "number": …, "previous_hash": …, "v": 1}
    hash           SHA-256 of the header

`previous_hash` is the `hash` of the block before; empty in block 0, which is the configuration
block: one transaction that names each organisation's certificate authority.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeAlias, cast

from chaincode.base.canonical import Json
from gateway.ledgers.port import Block, Transaction

VERSION: Final = 1
CONFIGURE: Final = "configure"  # function of block 0's transaction; no contract is asked for it
SUBMIT: Final = "submit"
SUBMIT_AT: Final = "submit_at"

_Text: TypeAlias = "str | dict[str, str]"  # UTF-8 as it is, other bytes as {"base64": …}


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionRecord:
    """One committed transaction, whole: enough to run it again and to say who asked for it.

    Attributes:
        id: 64 hexadecimal digits.
        time: The proposed time that the contract saw, seconds since 1970.
        msp_id: The creator's organisation; empty in block 0.
        certificate: SHA-256 of the creator's certificate (PEM), hexadecimal; empty in block 0.
        function: The contract's function.
        args: Its arguments.
        payload: The contract's answer.
        writes: State key to new value.
    """

    id: str
    time: int
    msp_id: str
    certificate: str
    function: str
    args: tuple[bytes, ...]
    payload: bytes
    writes: Mapping[str, bytes]

    def encode(self) -> bytes:
        """Return the canonical JSON of this record: the members above and `"v": 1`."""
        return canonical(
            {
                "args": [_text(arg) for arg in self.args],
                "certificate": self.certificate,
                "function": self.function,
                "id": self.id,
                "msp_id": self.msp_id,
                "payload": _text(self.payload),
                "time": self.time,
                "v": VERSION,
                "writes": {key: _text(value) for key, value in self.writes.items()},
            }
        )

    @staticmethod
    def decode(content: bytes) -> "TransactionRecord":
        """Read what `encode` wrote; the caller has checked its hash."""
        members = json.loads(content)
        return TransactionRecord(
            id=members["id"],
            time=members["time"],
            msp_id=members["msp_id"],
            certificate=members["certificate"],
            function=members["function"],
            args=tuple(_bytes(arg) for arg in members["args"]),
            payload=_bytes(members["payload"]),
            writes={key: _bytes(value) for key, value in members["writes"].items()},
        )


def canonical(value: object) -> bytes:
    """Return RFC 8785's form of a value made of objects with ASCII names, lists, texts, integers.

    For these the standard library's writer gives the same bytes as rfc8785, fifty times faster
    (a test compares them); it would differ for floats and for names beyond the BMP.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def data_hash(contents: Sequence[bytes]) -> str:
    """Return the hash over a block's transactions: SHA-256 of their concatenated SHA-256s."""
    return sha256(b"".join(sha256(content).digest() for content in contents)).hexdigest()


def block_hash(*, number: int, previous_hash: str, data_hash: str) -> str:
    """Return the hash of a block's header."""
    header = {
        "data_hash": data_hash,
        "number": number,
        "previous_hash": previous_hash,
        "v": VERSION,
    }
    return sha256(canonical(header)).hexdigest()


def seal(*, number: int, previous_hash: str, contents: Sequence[bytes]) -> str:
    """Return the hash of the block with these transactions."""
    return block_hash(number=number, previous_hash=previous_hash, data_hash=data_hash(contents))


def parse_answer(payload: bytes) -> tuple[int, tuple[dict[str, Json], ...]]:
    """Return ledger time and results from the contract's answer to `submit`.

    Raises:
        ValueError: It is not `{"time": seconds, "results": [{"id", "code", "flags"}, …]}`.
    """
    match json.loads(payload):
        case {"time": int(time), "results": [*results]} if not isinstance(time, bool) and all(
            isinstance(result, dict) for result in results
        ):
            return time, tuple(results)
        case _:
            raise ValueError("the contract's answer is malformed")


def commands(record: TransactionRecord) -> tuple[bytes, ...]:
    """Return the commands among a transaction's arguments."""
    return record.args[1:] if record.function == SUBMIT_AT else record.args


def to_transaction(record: TransactionRecord) -> Transaction:
    """Return the record as the port shows it."""
    if record.function == CONFIGURE:
        return Transaction(id=record.id, time=record.time, valid=True)
    time, results = parse_answer(record.payload)
    return Transaction(
        id=record.id,
        time=time,
        valid=True,
        commands=commands(record),
        results=results,
        writes=record.writes,
    )


def to_block(*, number: int, previous_hash: str, contents: Sequence[bytes]) -> Block:
    """Return the block as the port shows it, its hash computed from the contents."""
    return Block(
        number=number,
        previous_hash=previous_hash,
        hash=seal(number=number, previous_hash=previous_hash, contents=contents),
        transactions=tuple(
            to_transaction(TransactionRecord.decode(content)) for content in contents
        ),
    )


def _text(value: bytes) -> _Text:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return {"base64": b64encode(value).decode()}


def _bytes(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode()
    # The only other thing that `_text` writes.
    return b64decode(cast("dict[str, str]", value)["base64"])
