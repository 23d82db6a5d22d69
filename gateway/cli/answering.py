"""The producer's answer to a claim: how much of what somebody says came is one's own."""

from typing import Any, Final

import typer

from chaincode.base.canonical import Json
from gateway.cli import arguments, kinds
from gateway.cli.arguments import ArgumentError
from gateway.cli.filling import mass
from gateway.cli.said import WORDS
from gateway.device.keyring import Key
from gateway.typed import characters
from gateway.words import speaking

ACCEPT: Final = "lot.accept_claim"
ALL: Final = frozenset({"all", "すべて", "全て", "全部", "ぜんぶ"})
NOTHING: Final = frozenset({"0", "none", "nothing", "なし", "ない"})

Claim = dict[str, Any]  # `lot`, `holder`, `claimed_g`


def sign(signer: Key, claim: Claim, accepted: str) -> list[bytes]:
    """Return the signed answer, after showing what it says.

    Args:
        signer: The producer's key.
        claim: What is claimed, as the gateway told it.
        accepted: As it was typed; empty: the person is asked.

    Raises:
        ArgumentError: It is no quantity, or more than is claimed.
    """
    accepted_g = _grams(accepted or _asked(claim["claimed_g"]), claim["claimed_g"])
    body: dict[str, Json] = {"lot": claim["lot"], "party": signer.party}
    closed: dict[str, Json] = {
        "holder": claim["holder"],
        "claimed_g": claim["claimed_g"],
        "accepted_g": accepted_g,
    }
    denied = mass(claim["claimed_g"] - accepted_g)
    speaking.say(WORDS["answering.said"], accepted=mass(accepted_g), denied=denied)
    return arguments.prepare(signer, kinds.of(signer, ACCEPT), body, closed).sign(signer)


def _asked(claimed_g: int) -> str:
    question = WORDS["answering.how_much"].say(speaking.language(), claimed=mass(claimed_g))
    return str(typer.prompt(question))


def _grams(typed: str, claimed_g: int) -> int:
    plain = characters.plain(typed).strip().lower()
    if plain in NOTHING:
        return 0
    grams = claimed_g if plain in ALL else arguments.mass_g(plain)
    if grams > claimed_g:
        raise ArgumentError(WORDS["answering.too_much"], typed=typed, claimed=mass(claimed_g))
    return grams
