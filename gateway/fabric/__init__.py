"""An asyncio client for the Gateway service of Hyperledger Fabric peers, 2.5 and later.

    profile = ConnectionProfile.load(Path("connection.json"))
    async with Gateway.from_profile(profile) as gateway:
        network = gateway.network(profile.channel)
        contract = network.contract(profile.chaincode)
        answer = await contract.evaluate_transaction("query", [b"contract/head"])

        transaction = await contract.new_proposal("submit", [wire]).endorse()
        commit = await transaction.submit()
        status = await commit.status()

        async for block in network.block_events(0):
            ...

The objects are those of Fabric's programming model, a module each:

    gateway       Gateway      an identity, connected: the entry, and the owner of the connections
    network       Network      a channel
    contract      Contract     a chaincode
    proposal      Proposal     a wish, signed when it is sent
    transaction   Transaction  an endorsed and signed envelope
    commit        Commit       what became of it

and below them

    outcome       classify: what a failure means and what may be done about it
    errors        the tree of errors
    peers         connections, deadlines, falling over to the next peer
    envelopes     Fabric's nested messages; the check of what comes back to be signed
    blocks        a block taken apart and its hashes checked
    block_events  the stream of blocks
    identity      certificates and signatures
    profile       connection.json
    client        what the objects share
    logs          to the standard library's `logging`, which the host configures

Nothing is tried twice but on another peer, and then only what may be; whoever calls decides by
an error's `outcome`. The library imports nothing else of this project.
"""

from gateway.fabric.blocks import Block, BlockTransaction
from gateway.fabric.commit import Commit, Status
from gateway.fabric.contract import Contract
from gateway.fabric.envelopes import ChaincodeResult
from gateway.fabric.errors import (
    BlockError,
    CommitError,
    CommitStatusError,
    EndorseError,
    FabricError,
    GatewayError,
    IdentityError,
    PreparedTransactionError,
    ProfileError,
    SubmitError,
)
from gateway.fabric.gateway import Gateway
from gateway.fabric.identity import Identity, Signer, ecdsa_signer
from gateway.fabric.network import Network
from gateway.fabric.outcome import (
    Action,
    ErrorDetail,
    Outcome,
    Stage,
    ValidationCode,
    classify,
)
from gateway.fabric.peers import Deadlines
from gateway.fabric.profile import ConnectionProfile, KeyPair, PeerAddress
from gateway.fabric.proposal import Proposal
from gateway.fabric.transaction import Transaction

__all__ = [
    "Action",
    "Block",
    "BlockError",
    "BlockTransaction",
    "ChaincodeResult",
    "Commit",
    "CommitError",
    "CommitStatusError",
    "ConnectionProfile",
    "Contract",
    "Deadlines",
    "EndorseError",
    "ErrorDetail",
    "FabricError",
    "Gateway",
    "GatewayError",
    "Identity",
    "IdentityError",
    "KeyPair",
    "Network",
    "Outcome",
    "PeerAddress",
    "PreparedTransactionError",
    "ProfileError",
    "Proposal",
    "Signer",
    "Stage",
    "Status",
    "SubmitError",
    "Transaction",
    "ValidationCode",
    "classify",
    "ecdsa_signer",
]
