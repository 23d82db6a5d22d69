"""The keys made on this computer: registrars', land registrars', tills'; in a demo, everybody's."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Self

from chaincode.base.canonical import Json
from gateway.device.keyring import Key
from gateway.device.signing import Device
from gateway.setup.faults import WORDS, SetupError
from gateway.setup.places import TownFiles
from gateway.setup.register import Entry, Register
from gateway.setup.sheets import MAKE
from gateway.setup.wishes import Wish


class Keys:
    """Key files of a town, by the code of their holder; in hand from when they are first needed.

    Use as a context manager.

    Args:
        files: The town's.
        register: Who is behind which pseudonym.
        address: Returns where an organisation's people reach the ledger, by its code.
    """

    def __init__(
        self, files: TownFiles, register: Register, *, address: Callable[[str], str]
    ) -> None:
        self._files = files
        self._register = register
        self._address = address
        self._loaded: dict[str, Key] = {}
        self._in_hand = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._in_hand.close()

    def make(self, wanted: Iterable[Wish]) -> None:
        """Make the keys that the workbook wants made here and that are not there.

        Those that are there get the address that the workbook and the settings give now.
        """
        made = []
        for wish in wanted:
            if wish.key != MAKE:
                continue
            address = self._address(wish.organisation)
            self._readdress(wish.code, address)
            if self._register.entries["people", wish.code].kid:
                continue
            entry = self._register.entries["people", wish.code]
            party = self._register.entries["parties", str(wish.record["party"])]
            made.append(replace(entry, kid=self._made(entry, party, address).device.kid))
        self._register.put(made)

    def device(self, code: str) -> Device:
        """Return the device of the person with that code.

        Raises:
            SetupError: Its key has commands that were never sent.
            KeyringError: Its file is not here.
        """
        return self._key(code).device

    def stand(self, code: str, record: Json) -> None:
        """Bring a device to where the ledger says that it stands."""
        if isinstance(record, dict):
            device = self._key(code).device
            device.seq, device.prev = int(str(record["next"])), str(record["prev"])

    def save(self) -> None:
        """Write every key that was used."""
        for key in self._loaded.values():
            key.save()

    def _made(self, entry: Entry, party: Entry, address: str) -> Key:
        """Make a key, or find the one that an interrupted application left."""
        path = self._files.key(entry.code)
        if path.exists():
            key = Key.load(path)
            if (key.device.ledger, key.device.actor) != (self._register.ledger, entry.id):
                raise SetupError(WORDS["keys.somebody_elses"], path=path)
            return key
        device = Device.create(ledger=self._register.ledger, actor=entry.id)
        key = Key(path=path, device=device, party=party.id, gateway=address)
        key.save()
        return key

    def _readdress(self, code: str, address: str) -> None:
        path = self._files.key(code)
        if path.exists() and Key.load(path).gateway != address:
            with Key.in_hand(path) as key:
                key.gateway = address
                key.save()

    def _key(self, code: str) -> Key:
        if code not in self._loaded:
            key = self._in_hand.enter_context(Key.in_hand(self._files.key(code)))
            if key.queue:
                raise SetupError(WORDS["keys.unsent"], path=key.path)
            self._loaded[code] = key
        return self._loaded[code]
