"""Fabric's chaincode protocol in server mode: a peer dials in, the contract answers.

Knows nothing of the rules: it runs any `chaincode.base.stub.Contract`. Read in this order:

    server        one process: port, TLS, health, stop; any number of peers
    peer_stream   one peer's connection: handshake, one reader, one writer, dispatch
    transaction   one run of the contract: its deadline and its one answer
    conversation  its questions to the peer, one at a time
    peer_stub     what the contract sees of it (`chaincode.base.stub.Stub`)
    proposal      what the client signed: who, when, what
    watchdog      interrupts a contract that computes past its deadline
    refusals      every answer that is the shim's and not the contract's
    logs          one JSON object a line, to stderr

Source: fabric-protos 0.3.7 `peer/chaincode_shim.proto`; fabric v3.1.5 `core/chaincode/handler.go`
is the other end of the line.
"""

from chaincode.shim.config import TLS, Config, ConfigError
from chaincode.shim.errors import ContractStuckError, PeerError, ShimError, TransactionOverError
from chaincode.shim.logs import configure_logs
from chaincode.shim.refusals import Refusal
from chaincode.shim.server import Server, serve

__all__ = [
    "TLS",
    "Config",
    "ConfigError",
    "ContractStuckError",
    "PeerError",
    "Refusal",
    "Server",
    "ShimError",
    "TransactionOverError",
    "configure_logs",
    "serve",
]
