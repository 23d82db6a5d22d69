"""What a chaincode server is told, as one value; `chaincode.__main__` alone has an environment."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

MESSAGE_BYTES_MAX = 100 * 1024 * 1024
"""Fabric's own limit on both ends. Source: fabric v3.1.5 `internal/pkg/comm/config.go`."""


CHAINCODE = "minori"
"""The contract's name on its channel, unless an operator gives it another."""


class ConfigError(ValueError):
    """The environment does not describe a server that can be started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TLS:
    """PEM bytes. A client without a certificate of `client_ca` is refused."""

    certificate: bytes
    key: bytes
    client_ca: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One chaincode server.

    Attributes:
        package_id: What the server registers as at every peer, `label:sha256`.
        chaincode: Its name on the channel: what a proposal must be for.
        address: Where peers dial, `host:port`; port 0 takes a free one.
        tls: `None` serves in the clear.
        health_address: Where `GET /health` is answered, `host:port`; `None` for nowhere.
        deadline_s: Seconds from a transaction's arrival to its answer at the latest. Must be below
            the peer's `chaincode.executetimeout`: while a transaction runs, the peer commits
            nothing on that channel.
        clock_skew_s_max: How far a proposal's timestamp may be off this machine's clock.
        transactions_max: How many may run at once for one peer.
        streams_max: How many peers may be connected at once.
        message_bytes_max: Largest message either way.
        ping_interval_ms_min: Pings that come faster than this are held against the peer. Fabric's
            peers ping idle connections every 60 s, and gRPC's own default of 300 s cuts them off.
        silence_ms: A peer that has been silent for so long is pinged; if it does not answer within
            `answer_ms`, it is gone and its place is free, though nobody hung up.
        answer_ms: See there.
        stop_grace_s: How long `stop` lets transactions finish.
        clock: Seconds since 1970, for `clock_skew_s_max` alone.
    """

    package_id: str
    chaincode: str = CHAINCODE
    address: str = "127.0.0.1:0"
    tls: TLS | None = None
    health_address: str | None = None
    deadline_s: float = 4.0
    clock_skew_s_max: int = 15 * 60
    transactions_max: int = 2_000
    streams_max: int = 64
    message_bytes_max: int = MESSAGE_BYTES_MAX
    ping_interval_ms_min: int = 10_000
    silence_ms: int = 120_000
    answer_ms: int = 20_000
    stop_grace_s: float = 5.0
    clock: Callable[[], float] = time.time

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Config":
        """Read the variables that `chaincode/__main__.py` documents.

        Raises:
            ConfigError: A variable is missing or wrong, or a file cannot be read.
        """
        address = _required(environment, "CHAINCODE_SERVER_ADDRESS")
        split_address(address)
        health_address = environment.get("CHAINCODE_HEALTH_ADDRESS") or None
        if health_address is not None:
            split_address(health_address)
        return cls(
            package_id=_package_id(environment),
            chaincode=environment.get("CHAINCODE_NAME") or CHAINCODE,
            address=address,
            tls=_tls(environment),
            health_address=health_address,
        )


def split_address(address: str) -> tuple[str, int]:
    """Split `host:port` at the last colon; an IPv6 host may stand in brackets.

    Raises:
        ConfigError: It is not of that form.
    """
    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isascii() and port.isdigit() and int(port) < 65_536):
        raise ConfigError(f"not an address of the form host:port: {address!r}")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _tls(environment: Mapping[str, str]) -> TLS | None:
    if not environment.get("CHAINCODE_TLS_CERT_FILE"):
        return None
    return TLS(
        certificate=_file(environment, "CHAINCODE_TLS_CERT_FILE"),
        key=_file(environment, "CHAINCODE_TLS_KEY_FILE"),
        client_ca=_file(environment, "CHAINCODE_CLIENT_CA_FILE"),
    )


def _package_id(environment: Mapping[str, str]) -> str:
    """Return the package id, from the file that holds it where one is named."""
    if environment.get("CHAINCODE_ID_FILE"):
        return _file(environment, "CHAINCODE_ID_FILE").decode().strip()
    return _required(environment, "CHAINCODE_ID")


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise ConfigError(f"{name} is not set")
    return value


def _file(environment: Mapping[str, str], name: str) -> bytes:
    path = _required(environment, name)
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(f"{name}: {error}") from error
