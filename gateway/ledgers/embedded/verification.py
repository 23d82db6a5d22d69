"""Checks a whole ledger file: every hash, every link, every creator, and the state they add up to.

It does not run the contract again; that is `minori verify`'s part.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from gateway.ledgers.embedded.blocks import CONFIGURE, TransactionRecord
from gateway.ledgers.embedded.errors import ChainBrokenError, IdentityError
from gateway.ledgers.embedded.identities import check_issued, fingerprint
from gateway.ledgers.embedded.store import Store, StoredBlock

_READ_AT_ONCE: Final = 64  # blocks in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a sound ledger holds: blocks, the last one's hash, transactions, and keys of state."""

    height: int
    tip: str
    transactions: int
    keys: int


def configuration(block: StoredBlock) -> dict[str, bytes]:
    """Return each organisation's authority (PEM) by MSP id, as block 0 names them.

    Raises:
        ChainBrokenError: It is not a configuration block.
    """
    record = _decode(block.number, block.contents[0])
    if block.number != 0 or record.function != CONFIGURE or len(record.args) != 1:
        raise ChainBrokenError(block.number, "it is not a configuration block")
    return {
        msp_id: pem.encode() for msp_id, pem in json.loads(record.args[0])["organisations"].items()
    }


def verify_file(path: Path) -> Verification:
    """Check the ledger in a file, also while a gateway has it open.

    Raises:
        ChainBrokenError: The first block that is not what it should be.
        EmbeddedLedgerError: The file is no ledger.
    """
    store = Store.open_read_only(path)
    try:
        return verify(store)
    finally:
        store.close()


def verify(store: Store) -> Verification:
    """Check an open ledger; see `verify_file`."""
    certificates = store.certificates()
    organisations: Mapping[str, bytes] = {}
    checked: set[tuple[str, str]] = set()
    state: dict[str, bytes] = {}  # key -> SHA-256 of its value: small, whatever the values are
    tip, transactions = "", 0
    for start in range(0, store.height, _READ_AT_ONCE):
        for block in store.blocks(start, limit=min(_READ_AT_ONCE, store.height - start)):
            if block.previous_hash != tip:
                raise ChainBrokenError(block.number, "it does not name the block before")
            tip = block.hash
            if block.number == 0:
                organisations = configuration(block)
            for content in block.contents:
                record = _decode(block.number, content)
                creator = (record.msp_id, record.certificate)
                if block.number > 0 and creator not in checked:
                    _check_creator(block.number, record, organisations, certificates)
                    checked.add(creator)
                for key, value in record.writes.items():
                    state[key] = sha256(value).digest()
                transactions += 1
    _check_state(store, state)
    return Verification(height=store.height, tip=tip, transactions=transactions, keys=len(state))


def _decode(number: int, content: bytes) -> TransactionRecord:
    try:
        record = TransactionRecord.decode(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ChainBrokenError(number, "a transaction can't be read") from error
    if record.encode() != content:
        raise ChainBrokenError(number, "a transaction is not canonical")
    return record


def _check_creator(
    number: int,
    record: TransactionRecord,
    organisations: Mapping[str, bytes],
    certificates: Mapping[str, bytes],
) -> None:
    pem, ca_pem = certificates.get(record.certificate), organisations.get(record.msp_id)
    if pem is None or ca_pem is None or fingerprint(pem) != record.certificate:
        raise ChainBrokenError(number, "a transaction's creator is unknown")
    try:
        check_issued(pem, ca_pem=ca_pem, msp_id=record.msp_id)
    except IdentityError as error:
        raise ChainBrokenError(number, str(error)) from error


def _check_state(store: Store, expected: Mapping[str, bytes]) -> None:
    """Check that the state is what the blocks wrote, key by key."""
    keys = 0
    for key, value in store.all_states():
        if expected.get(key) != sha256(value).digest():
            raise ChainBrokenError(store.height - 1, f"the state of {key} is not what was written")
        keys += 1
    if keys != len(expected):
        raise ChainBrokenError(store.height - 1, "a key of the state is missing")
