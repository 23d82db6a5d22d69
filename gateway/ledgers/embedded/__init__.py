"""The embedded ledger: the contract in this process, over one SQLite file.

The zero-setup ledger for a look, a demo, development and tests. Same contract, same answers and
same blocks' shape as on Fabric; one signer instead of three organisations, so no more trust than
its operator deserves.

    blocks         what is hashed and how it is written     pure
    files          lock, private files, durable folders
    identities     one certificate authority per organisation, admin and gateway certificates
    store          the SQLite file
    executor       runs the contract, seals blocks          in the ledger's one thread
    verification   checks a whole chain
    ledger         the port: asyncio in front of that thread
"""

from gateway.ledgers.embedded.errors import (
    ChainBrokenError,
    EmbeddedLedgerError,
    IdentityError,
    LedgerInUseError,
)
from gateway.ledgers.embedded.ledger import COOP, ORGANISATIONS, EmbeddedLedger, IdentityView
from gateway.ledgers.embedded.verification import Verification, verify_file

__all__ = [
    "COOP",
    "ORGANISATIONS",
    "ChainBrokenError",
    "EmbeddedLedger",
    "EmbeddedLedgerError",
    "IdentityError",
    "IdentityView",
    "LedgerInUseError",
    "Verification",
    "verify_file",
]
