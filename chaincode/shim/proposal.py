"""What the client signed: who asks, when, and which function with which arguments.

The peer has verified the signature. What is checked here again costs a few microseconds and keeps a
peer from attributing one client's transaction id to another's proposal by accident; and another
chaincode of the channel from calling this one in a client's name, with what was never signed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from fabric_protos.common import common_pb2
from fabric_protos.msp import identities_pb2
from fabric_protos.peer import chaincode_pb2, chaincode_shim_pb2, proposal_pb2
from google.protobuf.message import DecodeError

from chaincode.base.stub import Creator


class ProposalError(ValueError):
    """The message's signed proposal is unreadable, or is not the one of its transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the contract as its client signed it; `timestamp` in seconds since 1970."""

    timestamp: int
    identity: bytes
    function: str
    args: Sequence[bytes]


def read_call(message: chaincode_shim_pb2.ChaincodeMessage, *, chaincode: str) -> Call:
    """Return the call that a TRANSACTION or INIT message carries.

    Args:
        message: From the peer.
        chaincode: The name of this one on its channel.

    Raises:
        ProposalError: Something in it cannot be read; or the transaction id is not
            SHA-256(nonce ‖ creator), or id, channel or arguments differ between message and
            proposal, or the proposal is for another chaincode.

    Source: fabric-protos `common/common.proto`, `peer/proposal.proto`; the id's definition is in
    fabric `protoutil/proputils.go`, `ComputeTxID`.
    """
    try:
        arguments = chaincode_pb2.ChaincodeInput.FromString(message.payload).args
        proposal = proposal_pb2.Proposal.FromString(message.proposal.proposal_bytes)
        header = common_pb2.Header.FromString(proposal.header)
        channel = common_pb2.ChannelHeader.FromString(header.channel_header)
        signature = common_pb2.SignatureHeader.FromString(header.signature_header)
        extension = proposal_pb2.ChaincodeHeaderExtension.FromString(channel.extension)
        payload = proposal_pb2.ChaincodeProposalPayload.FromString(proposal.payload)
        signed = chaincode_pb2.ChaincodeInvocationSpec.FromString(payload.input).chaincode_spec
        function = arguments[0].decode() if arguments else ""
    except (DecodeError, UnicodeDecodeError) as error:
        raise ProposalError(str(error)) from error
    if channel.channel_id != message.channel_id:
        raise ProposalError("the proposal is for another channel")
    if channel.tx_id != message.txid:
        raise ProposalError("the proposal is for another transaction")
    if sha256(signature.nonce + signature.creator).hexdigest() != message.txid:
        raise ProposalError("the transaction id does not follow from nonce and creator")
    if {extension.chaincode_id.name, signed.chaincode_id.name} != {chaincode}:
        raise ProposalError("the proposal is for another chaincode")
    if signed.input.args != arguments:
        raise ProposalError("the arguments are not those that were signed")
    return Call(
        timestamp=channel.timestamp.seconds,
        identity=signature.creator,
        function=function,
        args=arguments[1:],
    )


def read_creator(identity: bytes) -> Creator:
    """Return the serialised identity's MSP id and certificate.

    Raises:
        ProposalError: It cannot be read, or lacks one of them.
    """
    try:
        parsed = identities_pb2.SerializedIdentity.FromString(identity)
    except DecodeError as error:
        raise ProposalError(str(error)) from error
    if not parsed.mspid or not parsed.id_bytes:
        raise ProposalError("the creator has no MSP id or no certificate")
    return Creator(msp_id=parsed.mspid, certificate_pem=parsed.id_bytes)
