"""The connection profile: where an organisation's gateway finds its peers and its identities.

`network/` writes one `connection.json` per organisation; this module is the only place that knows
its format, for writing as for reading. The file, with every member that it may have:

    {
      "v": 1,
      "channel": "minori",
      "chaincodes": ["minori"],
      "msp_id": "CoopMSP",
      "peers": [
        {"address": "127.0.0.1:7051", "msp_id": "CoopMSP", "tls_ca": "tls/coop-ca.pem",
         "tls_name": "peer0.coop.minori.test"}
      ],
      "identities": {
        "gateway": {"certificate": "gateway/cert.pem", "key": "gateway/key.pem"},
        "admin": {"certificate": "admin/cert.pem", "key": "admin/key.pem"}
      },
      "tls_client": {"certificate": "gateway/tls.pem", "key": "gateway/tls.key"}
    }

Paths are relative to the file's folder, or absolute. Peers stand in the order in which they are
tried: the own organisation's first. `tls_name` is the name in the peer's TLS certificate, to be
given where it differs from the host in `address`; `tls_client` is needed only where peers ask
for TLS client certificates. A peer without `tls_ca` is spoken to in plain text, which only tests
do.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from gateway.fabric.errors import ProfileError

VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """Paths of an X.509 certificate and of its private key, both PEM (the key PKCS#8 or SEC1)."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerAddress:
    """One peer: where it listens, whose it is, and how its TLS certificate is checked.

    Attributes:
        address: `host:port`.
        msp_id: The organisation that runs it.
        tls_ca: PEM file of the root that signed its TLS certificate; `None` is plain text.
        tls_name: Name in its TLS certificate; `None` is the host of `address`.
    """

    address: str
    msp_id: str
    tls_ca: Path | None = None
    tls_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionProfile:
    """Everything a client of one organisation has to know of the network.

    Attributes:
        channel: Name of the channel.
        chaincodes: Names of the chaincodes on it; the contract's is the first.
        msp_id: The own organisation.
        peers: In the order in which they are tried, the own organisation's first; at least one
            of them is its own.
        identities: Who can sign, by name: `gateway` always, `admin` where the machine holds it.
        tls_client: Client certificate towards the peers, or `None`.
    """

    channel: str
    chaincodes: tuple[str, ...]
    msp_id: str
    peers: tuple[PeerAddress, ...]
    identities: Mapping[str, KeyPair]
    tls_client: KeyPair | None = None

    def __post_init__(self) -> None:
        if not self.chaincodes:
            raise ProfileError("a connection profile names at least one chaincode")
        if not any(peer.msp_id == self.msp_id for peer in self.peers):
            raise ProfileError(f"a connection profile names at least one peer of {self.msp_id}")
        if "gateway" not in self.identities:
            raise ProfileError("a connection profile has an identity named gateway")

    @property
    def chaincode(self) -> str:
        """Name of the chaincode that is the contract."""
        return self.chaincodes[0]

    def identity(self, name: str) -> KeyPair:
        """Return the files of an identity.

        Raises:
            ProfileError: The profile has none of that name.
        """
        if name not in self.identities:
            raise ProfileError(f"the connection profile of {self.msp_id} has no identity {name}")
        return self.identities[name]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a profile from a file; relative paths in it start at the file's folder.

        Raises:
            ProfileError: The file is not a profile.
            OSError: The file cannot be read.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise ProfileError(f"a connection profile is JSON: {error}") from error
        return cls.from_json(text, folder=path.parent)

    @classmethod
    def from_json(cls, text: str, *, folder: Path) -> Self:
        """Parse a profile; relative paths in it start at `folder`.

        Raises:
            ProfileError: The text is not a profile.
        """
        try:
            document = json.loads(text)
        except ValueError as error:
            raise ProfileError(f"a connection profile is JSON: {error}") from error
        top = _Object(document, "profile")
        if top.value.get("v") != VERSION:
            raise ProfileError(f"a connection profile has v = {VERSION}")
        return cls(
            channel=top.text("channel"),
            chaincodes=tuple(_string(name, "chaincodes") for name in top.array("chaincodes")),
            msp_id=top.text("msp_id"),
            peers=tuple(_peer(_Object(peer, "peers"), folder) for peer in top.array("peers")),
            identities={
                name: _key_pair(_Object(pair, f"identities.{name}"), folder)
                for name, pair in _Object(top.value.get("identities"), "identities").value.items()
            },
            tls_client=(
                _key_pair(_Object(top.value["tls_client"], "tls_client"), folder)
                if top.value.get("tls_client") is not None
                else None
            ),
        )

    def to_json(self, *, folder: Path) -> str:
        """Write the profile as text for a file in `folder`; paths below it become relative."""
        document: dict[str, object] = {
            "v": VERSION,
            "channel": self.channel,
            "chaincodes": list(self.chaincodes),
            "msp_id": self.msp_id,
            "peers": [_peer_json(peer, folder) for peer in self.peers],
            "identities": {
                name: _key_pair_json(pair, folder) for name, pair in self.identities.items()
            },
        }
        if self.tls_client is not None:
            document["tls_client"] = _key_pair_json(self.tls_client, folder)
        return json.dumps(document, indent=2) + "\n"


class _Object:
    """A JSON object with its name, so that a fault says where it is."""

    def __init__(self, value: object, name: str) -> None:
        if not isinstance(value, dict):
            raise ProfileError(f"{name} is not an object")
        self.value: dict[str, object] = value
        self._name = name

    def text(self, member: str) -> str:
        return _string(self.value.get(member), f"{self._name}.{member}")

    def array(self, member: str) -> list[object]:
        value = self.value.get(member)
        if not isinstance(value, list):
            raise ProfileError(f"{self._name}.{member} is not a list")
        return value


def _string(value: object, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise ProfileError(f"{name} is not a text")
    return value


def _key_pair(value: _Object, folder: Path) -> KeyPair:
    return KeyPair(
        certificate=folder / value.text("certificate"),
        key=folder / value.text("key"),
    )


def _peer(value: _Object, folder: Path) -> PeerAddress:
    return PeerAddress(
        address=value.text("address"),
        msp_id=value.text("msp_id"),
        tls_ca=folder / value.text("tls_ca") if value.value.get("tls_ca") is not None else None,
        tls_name=value.text("tls_name") if value.value.get("tls_name") is not None else None,
    )


def _path_json(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _key_pair_json(pair: KeyPair, folder: Path) -> dict[str, str]:
    return {
        "certificate": _path_json(pair.certificate, folder),
        "key": _path_json(pair.key, folder),
    }


def _peer_json(peer: PeerAddress, folder: Path) -> dict[str, str]:
    document = {"address": peer.address, "msp_id": peer.msp_id}
    if peer.tls_ca is not None:
        document["tls_ca"] = _path_json(peer.tls_ca, folder)
    if peer.tls_name is not None:
        document["tls_name"] = peer.tls_name
    return document
