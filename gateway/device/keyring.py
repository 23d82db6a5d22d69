"""Keys as files: one per device, with its place in its sequence and what it has not sent yet.

A command is signed, then written here, then sent; only a final answer takes it off the list. So
nothing is lost when the gateway can't be reached, and nothing is signed twice. A file is replaced
as a whole (written beside, synced, renamed) and readable by its owner only. Whoever signs has the
key in hand, and nobody else has: two programs at once would give two commands the same number.
"""

import contextlib
import fcntl
import json
import os
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chaincode.base import canonical
from chaincode.base.canonical import Json
from chaincode.base.errors import FaultError
from chaincode.base.signed_texts import Kind
from gateway.device.said import WORDS
from gateway.device.signing import Device, base64url, jws
from gateway.words import SaidError, speaking


class KeyringError(SaidError):
    """A key can't be used; the message says why and what to do."""


@dataclass(slots=True, kw_only=True)
class Act:
    """What a person did that is not done yet: `gateway.cli.acts`.

    Attributes:
        commands: The ids of the commands that it signed.
        result: What the person is still to be given; empty for nothing.
    """

    commands: list[str]
    result: str = ""


@dataclass(slots=True, kw_only=True)
class Key:
    """A device's key on this computer.

    Attributes:
        path: Its file.
        device: Signs.
        party: The business or household of its holder.
        gateway: Where it sends to.
        queue: Commands signed and not yet finally answered, in order, as they travel.
        elsewhere: Where it sends to this time instead; not kept.
        utc_offset_minutes: Of the town's clocks, once its gateway has said; it never changes.
        reply: To the invitation that it was made for; empty for one made otherwise.
        acts: From what the waiting commands came, by a digest of it.
        words: Of crops that were entered where there was no line: (words, salt) by code, until the
            gateway has them.
        aside: Commands that were not taken because the organisation's offices are suspended: kept,
            to be signed anew when `take_up` brings them back.
    """

    path: Path
    device: Device
    party: str
    gateway: str
    queue: list[bytes] = field(default_factory=list)
    elsewhere: str = ""
    utc_offset_minutes: int | None = None
    reply: str = ""
    acts: dict[str, Act] = field(default_factory=dict)
    aside: list[bytes] = field(default_factory=list)
    words: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Which gateway to ask now."""
        return self.elsewhere or self.gateway

    @property
    def name(self) -> str:
        """The name it goes by on this computer."""
        return self.path.stem

    @classmethod
    @contextlib.contextmanager
    def in_hand(cls, path: Path, *, elsewhere: str = "") -> Iterator[Self]:
        """Read a key file to sign with it; any other program that would waits until this is done.

        Args:
            path: The file.
            elsewhere: A gateway to use instead of the key's, this time.
        """
        if not path.exists():
            raise KeyringError(WORDS["keyring.missing"], name=path.stem, path=path)
        descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                speaking.say(WORDS["keyring.in_use"], is_aside=True, name=path.stem)
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield cls.load(path, elsewhere=elsewhere)

    @classmethod
    def load(cls, path: Path, *, elsewhere: str = "") -> Self:
        """Read a key file, to look at it or to ask; to sign and send, take it `in_hand`."""
        try:
            stored = json.loads(path.read_bytes())
            private = serialization.load_pem_private_key(stored["key"].encode(), password=None)
        except FileNotFoundError:
            raise KeyringError(WORDS["keyring.missing"], name=path.stem, path=path) from None
        except (ValueError, KeyError, AttributeError):
            raise KeyringError(WORDS["keyring.no_key_file"], path=path) from None
        if not isinstance(private, ec.EllipticCurvePrivateKey):
            raise KeyringError(WORDS["keyring.other_kind"], path=path)
        device = Device(
            key=private,
            ledger=stored["ledger"],
            actor=stored["actor"],
            seq=stored["seq"],
            prev=stored["prev"],
        )
        return cls(
            path=path,
            device=device,
            party=stored["party"],
            gateway=stored["gateway"],
            queue=[wire.encode() for wire in stored["queue"]],
            elsewhere=elsewhere,
            utc_offset_minutes=stored.get("utc_offset_minutes"),
            reply=stored.get("reply", ""),
            acts={name: Act(**act) for name, act in stored.get("acts", {}).items()},
            words={code: (words, salt) for code, (words, salt) in stored.get("words", {}).items()},
            aside=[wire.encode() for wire in stored.get("aside", [])],
        )

    def save(self) -> None:
        """Replace the key's file, durably."""
        stored = {
            "v": 1,
            "gateway": self.gateway,
            "ledger": self.device.ledger,
            "actor": self.device.actor,
            "party": self.party,
            "kid": self.device.kid,
            "seq": self.device.seq,
            "prev": self.device.prev,
            "queue": [wire.decode() for wire in self.queue],
            "key": self.device.to_pem().decode(),
        }
        known = {
            "utc_offset_minutes": self.utc_offset_minutes,
            "reply": self.reply or None,
            "acts": {name: asdict(act) for name, act in self.acts.items()} or None,
            "words": self.words or None,
            "aside": [wire.decode() for wire in self.aside] or None,
        }
        stored |= {name: value for name, value in known.items() if value is not None}
        replace_private(self.path, json.dumps(stored, indent=1))

    def answered(self, command_id: str, *, is_accepted: bool) -> None:
        """Take a finally answered command off the list; of a refused act nothing is left to do."""
        self.queue = [wire for wire in self.queue if command_id_of(wire) != command_id]
        if not is_accepted:
            self._give_up(command_id)
        self._forget_acts()
        self.save()

    def drop(self, command_id: str, *, seq: int, prev: str, is_kept: bool = False) -> None:
        """Take off a command that can't be taken, and sign what followed it anew.

        Args:
            command_id: The command that is dropped.
            seq: The number that the ledger expects next from this device.
            prev: The id that it expects before that.
            is_kept: Whether it is good later, and so is put aside.
        """
        dropped = [wire for wire in self.queue if command_id_of(wire) == command_id]
        rest = [wire for wire in self.queue if command_id_of(wire) != command_id]
        self.device.seq, self.device.prev = seq, prev
        self.queue = self._all_anew(rest)
        if is_kept:
            self.aside += dropped
        else:
            self._give_up(command_id)
        self._forget_acts()
        self.save()

    def take_up(self) -> None:
        """Put what was kept aside behind what waits, to be sent again."""
        if self.aside:
            self.queue += self._all_anew(self.aside)
            self.aside = []
            self.save()

    def _all_anew(self, wires: list[bytes]) -> list[bytes]:
        """Sign commands anew, in order; what a person did is still what they came from."""
        again = [self._sign_anew(wire) for wire in wires]
        names = {
            command_id_of(old): command_id_of(new) for old, new in zip(wires, again, strict=True)
        }
        for act in self.acts.values():
            act.commands = [names.get(command, command) for command in act.commands]
        return again

    def take_over(self, former: "Key") -> None:
        """Sign anew what another key of the same party has not sent, and take it off its list.

        Each entry keeps its nonce: should it have been sent all the same, the gateway asks back.
        So nothing is lost, nor counted twice unseen, if this is interrupted.

        Args:
            former: In hand: the key of a device that is lost or revoked.

        Raises:
            KeyringError: It is of another party or for another ledger.
        """
        if (former.party, former.device.ledger) != (self.party, self.device.ledger):
            raise KeyringError(WORDS["keyring.not_of_party"], name=former.name, own=self.name)
        self.queue += [self._sign_anew(wire) for wire in (*former.queue, *former.aside)]
        self.save()
        former.queue, former.aside, former.acts = [], [], {}
        former.save()

    def _give_up(self, command_id: str) -> None:
        self.acts = {name: act for name, act in self.acts.items() if command_id not in act.commands}

    def _forget_acts(self) -> None:
        """Forget what is done: nothing of it waits, and nobody waits for its result."""
        waiting = {command_id_of(wire) for wire in (*self.queue, *self.aside)}
        self.acts = {
            name: act
            for name, act in self.acts.items()
            if act.result or not waiting.isdisjoint(act.commands)
        }

    def _sign_anew(self, wire: bytes) -> bytes:
        _, tilde, closed = wire.decode().partition("~")
        payload = payload_of(wire)
        payload.update(seq=self.device.seq, prev=self.device.prev)
        payload.update(kid=self.device.kid, actor=self.device.actor)
        self.device.seq += 1
        self.device.prev = canonical.digest(canonical.encode(payload))
        return (jws(self.device.key, payload) + tilde + closed).encode()

    def token(self, challenge: str, audience: str) -> str:
        """Return the proof that opens a session: this device's signature under a challenge."""
        return jws(
            self.device.key,
            {
                "audience": audience,
                "challenge": challenge,
                "kid": self.device.kid,
                "ledger": self.device.ledger,
            },
            typ=str(Kind.SESSION),
        )


def replace_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all, durably."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(beside, flags, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def folder() -> Path:
    """Return where keys are kept: `MINORI_HOME`, else the user's data folder."""
    home = os.environ.get("MINORI_HOME")
    if home:
        return Path(home) / "keys"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "minori" / "keys"


def find(name: str) -> Path:
    """Return the file of a key named, or given by its path; by no name, the only one there is."""
    if name:
        return Path(name) if name.endswith(".json") else folder() / f"{name}.json"
    files = list(folder().glob("*.json"))
    if len(files) != 1:
        raise KeyringError(WORDS["keyring.which"], count=len(files), folder=folder())
    return files[0]


def is_alone() -> bool:
    """Whether there is one key on this computer, so that it need not be named."""
    return len(list(folder().glob("*.json"))) == 1


def move(keys: Path, *, gateway: str) -> None:
    """Have every key in a folder send to a gateway that has moved."""
    for path in sorted(keys.glob("*.json")):
        with Key.in_hand(path) as key:
            if key.gateway != gateway:
                key.gateway = gateway
                key.save()


def payload_of(wire: bytes) -> dict[str, Json]:
    """Return the payload of a command that this computer signed."""
    text = wire.decode().split(".")[1]
    value = canonical.decode(_decode(text))
    assert isinstance(value, dict)  # noqa: S101 - signed here
    return value


def command_id_of(wire: bytes) -> str:
    """Return the id of a command."""
    return canonical.digest(_decode(wire.decode().split(".")[1]))


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode_slip(slip: dict[str, Json]) -> str:
    """Return a slip of paper as text that survives mail and chat: base64url of canonical JSON."""
    return base64url(canonical.encode(slip))


def decode_slip(text: str) -> dict[str, Json]:
    """Read such a text; a damaged one is a `KeyringError`."""
    try:
        value = canonical.decode_canonical(_decode(text.strip()))
    except (FaultError, ValueError):
        raise KeyringError(WORDS["keyring.no_code"]) from None
    if not isinstance(value, dict):
        raise KeyringError(WORDS["keyring.no_code"])
    return value
