"""The intake's ports on the projection, and on the ledger for what is not projected yet."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from chaincode.base import shapes
from chaincode.base.canonical import Json
from chaincode.registry.records import HEAD, Device, Head
from gateway.intake.answers import Answer
from gateway.ledgers.port import Ledger
from gateway.projection import (
    CommandRow,
    Projection,
    Signed,
    commands_by_id,
    entered_before,
    states,
)

_log = structlog.get_logger(__name__)

Shape = TypeVar("Shape")

_KEYS_AT_ONCE: Final = 500  # well below the contract's and both databases' limits
_LEDGER_QUERIES_MAX: Final = 4  # at a time: anyone can send commands of unknown keys


@dataclass(eq=False, slots=True)
class _Question:
    """Which of these commands came before; `found` once it is answered."""

    signed: list[Signed] = field(default_factory=list)
    found: set[str] | None = None


class Projected:
    """`gateway.intake.ports.Devices` and `Record`; closes neither projection nor ledger.

    Args:
        projection: What is on record.
        ledger: Asked for what is not yet.
        unknown_keys_max: How many keys that are not on record it is asked about at once.
        unknown_key_s: For how long it is not asked again about a key that it did not know.
    """

    def __init__(
        self,
        projection: Projection,
        ledger: Ledger,
        *,
        unknown_keys_max: int = 20,
        unknown_key_s: float = 1.0,
    ) -> None:
        self._projection = projection
        self._ledger = ledger
        self._unknown_keys_max = unknown_keys_max
        self._unknown_key_s = unknown_key_s
        self._asking = asyncio.Semaphore(_LEDGER_QUERIES_MAX)
        self._asking_together = asyncio.Lock()
        self._question = _Question()
        self._unknown_until: dict[str, float] = {}  # the earliest first

    async def head(self) -> Head | None:
        """Return `contract/head`; see `Devices.head`."""
        found = await self._projected([HEAD]) or await self._on_ledger([HEAD])
        return _read(Head, found[HEAD]) if HEAD in found else None

    async def devices(self, kids: Collection[str]) -> Mapping[str, Device]:
        """Return the devices on the ledger; see `Devices.devices`.

        Anyone can make up keys. So the ledger is asked about a few at a time, and about no more
        after one that it does not know: the command with that key is refused, and its request too.
        """
        found = await self._projected([Device.key(kid) for kid in kids])
        missing = [key for kid in kids if (key := Device.key(kid)) not in found]
        for start in range(0, len(missing), self._unknown_keys_max):
            part = missing[start : start + self._unknown_keys_max]
            found |= await self._on_ledger([key for key in part if not self._is_unknown(key)])
            unknown = [key for key in part if key not in found]
            if unknown:
                self._note_unknown(unknown)
                break
        return _devices(kids, found)

    async def current_numbers(self, kids: Collection[str]) -> Mapping[str, int]:
        """Return each device's next number on the ledger; see `Devices.current_numbers`."""
        found = await self._on_ledger([Device.key(kid) for kid in kids])
        return {kid: device.next for kid, device in _devices(kids, found).items()}

    async def answers(self, ids: Collection[str]) -> Mapping[str, Answer]:
        """Return the answers on record; see `Record.answers`."""
        rows = await self._projection.database.read(commands_by_id, list(ids))
        return {command_id: answer_of(row) for command_id, row in rows.items()}

    async def entered_before(self, signed: Sequence[Signed]) -> set[str]:
        """Return which of the commands came before; see `Record.entered_before`.

        Every request asks this, so those that come while it is being asked share the next read.
        """
        if not signed:
            return set()
        question = self._question
        question.signed += signed
        async with self._asking_together:
            if question.found is None:
                if question is self._question:
                    self._question = _Question()
                question.found = await self._entered(question.signed)
        return {one.id for one in signed} & question.found

    async def _entered(self, signed: Sequence[Signed]) -> set[str]:
        """Ask; commands are taken in while the database is away, and what came twice is flagged."""
        try:
            return await self._projection.database.read(entered_before, signed)
        except SQLAlchemyError as error:
            _log.warning("twins_not_asked", reason=repr(error))
            return set()

    async def next_numbers(self, kids: Collection[str]) -> Mapping[str, int]:
        """Return each device's next number on record; see `Record.next_numbers`."""
        found = await self._projected([Device.key(kid) for kid in kids])
        return {kid: device.next for kid, device in _devices(kids, found).items()}

    def _is_unknown(self, key: str) -> bool:
        """Whether the ledger has just said that it has no such key."""
        now = asyncio.get_running_loop().time()
        while self._unknown_until and next(iter(self._unknown_until.values())) <= now:
            del self._unknown_until[next(iter(self._unknown_until))]
        return key in self._unknown_until

    def _note_unknown(self, keys: Sequence[str]) -> None:
        until = asyncio.get_running_loop().time() + self._unknown_key_s
        for key in keys:
            self._unknown_until.setdefault(key, until)

    async def _on_ledger(self, keys: Sequence[str]) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            async with self._asking:
                found |= await self._ledger.query(keys[start : start + _KEYS_AT_ONCE])
        return {key: value for key, value in found.items() if value is not None}

    async def _projected(self, keys: Sequence[str]) -> dict[str, Json]:
        found = await self._projection.database.read(states, keys)
        return {key: value for key, value in found.items() if value is not None}


def answer_of(row: CommandRow) -> Answer:
    """Return the answer to a command on record."""
    flags = row.result["flags"]
    return Answer(
        id=row.id,
        code=row.code,
        taken=True,
        flags=tuple(map(str, flags)) if isinstance(flags, list) else (),
        block_number=row.block_number,
        tx_id=row.tx_id,
        ledger_time=row.ledger_time,
    )


def _devices(kids: Collection[str], found: Mapping[str, Json]) -> dict[str, Device]:
    return {kid: _read(Device, found[Device.key(kid)]) for kid in kids if Device.key(kid) in found}


def _read(shape: type[Shape], value: Json) -> Shape:
    """Read a state value, which the contract has written."""
    assert isinstance(value, dict)  # noqa: S101 - the contract writes nothing else
    return shapes.read(shape, {name: member for name, member in value.items() if name != "v"})
