"""Every text that any device's key signs, and what tells each from all others.

A signature says nothing of what it was meant for. So each text names its kind within the bytes that
are signed, and whoever reads one kind refuses every other. The organisations' own certificates are
no devices': their keys sign certificates and Fabric's messages, and nothing of these.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The mark of a kind of text: the `typ` of a JWS, or the first member of a canonical array."""

    COMMAND = "minori-command+jws"
    SESSION = "minori-session+jws"
    ENROLMENT = "minori-enrolment"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedText:
    """One kind of text.

    Attributes:
        signed: The bytes under the signature.
        by: Whose key signs.
        to: What a signature does, and who reads it.
    """

    signed: str
    by: str
    to: str


TEXTS = {
    Kind.COMMAND: SignedText(
        signed="JWS signing input: header with this `typ`, payload of a command",
        by="the device that the payload's `kid` names",
        to="gives a command; the contract and every gateway",
    ),
    Kind.SESSION: SignedText(
        signed="JWS signing input: header with this `typ`, payload exactly `audience`, `challenge`,"
        " `kid`, `ledger`",
        by="the device that the payload's `kid` names",
        to="opens a session at the gateway `audience`, once; that gateway",
    ),
    Kind.ENROLMENT: SignedText(
        signed="canonical array of this mark, ledger, actor, invitation, how the key is kept",
        by="the key that is to be enrolled",
        to="agrees to be enrolled for that actor; the contract, in `key.enrol` and its like",
    ),
}
