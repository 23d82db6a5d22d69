"""Transactions with all that they read, so that each can be replayed alone, anywhere.

The file is JSON: `values`, each distinct state value once, and `transactions`, whose `state` maps
the keys read to places in `values`.
"""

import json
from base64 import b64decode, b64encode, urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path

from chaincode.base.stub import Creator, Response
from chaincode.proposals import APPROVE
from tests.memory_ledger import MemoryStub, Transaction

NO_COMMAND = (IndexError, ValueError, KeyError, TypeError)  # what reading one naively raises


class Recording:
    """Distinct transactions, in the order in which they were first run.

    Attributes:
        answers: Each code that was answered, with what types of command it was an answer to.
    """

    def __init__(self) -> None:
        self.values: dict[bytes, int] = {}
        self.rows: dict[str, dict] = {}
        self.answers: set[tuple[str, tuple[str, ...]]] = set()

    def note(self, transaction: Transaction, stub: MemoryStub, response: Response) -> None:
        """Keep a transaction that was just run."""
        state = {
            key: self.values.setdefault(raw, len(self.values))
            for key in stub.reads
            if (raw := stub.state.get(key)) is not None
        }
        row = {
            "function": transaction.function,
            "args": [b64encode(argument).decode() for argument in transaction.args],
            "time": transaction.time,
            "msp_id": transaction.creator.msp_id,
            "certificate": transaction.creator.certificate_pem.decode("latin-1"),
            "state": state,
        }
        self.rows.setdefault(json.dumps(row), row)
        if response.status == 200 and transaction.function.startswith("submit"):
            results = json.loads(response.payload)["results"]
            wires = transaction.args[-len(results) :]  # what stands before them is a time
            for wire, one in zip(wires, results, strict=True):
                self.answers.add((one["code"], types_of(wire)))

    def save(self, path: Path) -> None:
        values = [raw.decode() for raw in self.values]
        path.write_text(json.dumps({"values": values, "transactions": list(self.rows.values())}))


def types_of(wire: bytes) -> tuple[str, ...]:
    """Return the type that a command says it is of, and of an approval the approved one's.

    None of what is no command at all.
    """
    try:
        payload = _payload(wire)
        approved = payload["body"]["type"] if payload["type"] == APPROVE else None
    except NO_COMMAND:
        return ()
    return tuple(str(one) for one in (payload["type"], approved) if one is not None)


def key_of(wire: bytes) -> str | None:
    """Return the key that a command says it is signed with."""
    try:
        return _payload(wire)["kid"]
    except NO_COMMAND:
        return None


def _payload(wire: bytes) -> dict:
    return json.loads(urlsafe_b64decode(wire.split(b".")[1] + b"==="))


def load(path: Path) -> Iterator[tuple[Transaction, dict[str, bytes]]]:
    """Yield each transaction and the state it reads."""
    content = json.loads(path.read_text())
    values = [value.encode() for value in content["values"]]
    for row in content["transactions"]:
        creator = Creator(
            msp_id=row["msp_id"], certificate_pem=row["certificate"].encode("latin-1")
        )
        transaction = Transaction(
            function=row["function"],
            args=tuple(b64decode(argument) for argument in row["args"]),
            time=row["time"],
            creator=creator,
        )
        yield transaction, {key: values[place] for key, place in row["state"].items()}
