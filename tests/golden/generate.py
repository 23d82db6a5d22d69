"""Write the golden files anew: `python -m tests.golden.generate`.

Everything follows from seeds, the signatures too (RFC 6979), so a file changes only when what it
promises changes. The golden chain is not written again once it is there: give `--chain` to found a
new one, for a new version of the rules.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.chaincode.drafts import Draft, types, valid
from tests.chaincode.pen import (
    Pen,
    base64url,
    bits128,
    canonical,
    derived_id,
    pseudonym,
    sha256_hex,
)
from tests.golden import chain, spoiled, texts, toy_chain

HERE = Path(__file__).parent
CHAIN = "chain_rules_1.json"
TOY_CHAIN = "chain_toy_2.json"
PEOPLE = ("farmer", "neighbour", "shopkeeper", "town-registrar", "helper")


def canonical_good() -> list[dict]:
    return [
        {"name": name, "json": text, "canonical": canonical(value).decode()}
        for name, (text, value) in texts.GOOD.items()
    ]


def canonical_bad() -> list[dict]:
    refused = [
        {"name": name, "hex": raw.hex(), "code": code} for name, (raw, code) in texts.BAD.items()
    ]
    second = [
        {"name": name, "hex": raw.hex(), "code": "NOT_CANONICAL"}
        for name, raw in texts.NOT_CANONICAL.items()
    ]
    return refused + second


def thumbprints() -> list[dict]:
    return [{"jwk": pen.jwk, "kid": pen.kid} for pen in map(Pen, PEOPLE)]


def derived_ids() -> list[dict]:
    rows = []
    for number, index in enumerate((0, 1, 2, 10, 99, 100, 9_999, 0)):
        ledger, party = sha256_hex(f"ledger {number}".encode()), pseudonym(f"party {number}")
        nonce = bits128(f"nonce {number}")
        rows.append(
            {
                "ledger": ledger,
                "party": party,
                "nonce": nonce,
                "index": index,
                "id": derived_id(ledger, party, nonce, index),
            }
        )
    return rows


def enrolments() -> list[dict]:
    rows = []
    for pen, handle in zip(map(Pen, PEOPLE), PEOPLE, strict=True):
        ledger, actor, nonce = sha256_hex(b"ledger"), pseudonym(handle), bits128(handle)
        rows.append(
            {
                "ledger": ledger,
                "actor": actor,
                "nonce": nonce,
                "message": canonical(
                    ["minori-enrolment", ledger, actor, nonce, "browser"]
                ).decode(),
                "jwk": pen.jwk,
                "kept": "browser",
                "proof": pen.prove(ledger, actor, nonce),
            }
        )
    return rows


def full() -> Draft:
    """Return a command with every member that an envelope may have."""
    draft = valid("lot.ship")
    draft.members |= {
        "on_behalf": draft.world.actor("elder"),
        "operator": draft.world.actor("helper"),
        "expires": "2026-04-16T00:00:00Z",
    }
    return draft


def commands_good() -> list[dict]:
    named: Iterable[tuple[str, Draft]] = (
        *((name, valid(name)) for name in types()),
        ("every member of the envelope", full()),
    )
    rows = []
    for name, draft in named:
        pen, payload = draft.world.people[draft.by].pen, draft.payload()
        wire = draft.wire().decode()
        jws = wire.partition("~")[0]
        rows.append(
            {
                "name": name,
                "jwk": pen.jwk,
                "d": base64url(pen.key.private_numbers().private_value.to_bytes(32, "big")),
                "payload": payload,
                "closed": draft.closed,
                "canonical_payload": canonical(payload).decode(),
                "canonical_closed": None
                if draft.closed is None
                else canonical(draft.closed).decode(),
                "signing_input": jws.rpartition(".")[0],
                "id": sha256_hex(canonical(payload)),
                "wire": wire,
            }
        )
    return rows


def commands_bad() -> list[dict]:
    return [
        {"name": name, "hex": wire.hex(), "code": code}
        if not wire.isascii()
        else {"name": name, "wire": wire.decode(), "code": code}
        for name, (wire, code) in spoiled.commands().items()
    ]


FILES = {
    "canonical_good.json": canonical_good,
    "canonical_bad.json": canonical_bad,
    "thumbprints.json": thumbprints,
    "derived_ids.json": derived_ids,
    "enrolments.json": enrolments,
    "commands_good.json": commands_good,
    "commands_bad.json": commands_bad,
}


def toy() -> dict:
    ledger = toy_chain.played().ledger
    with toy_chain.contract():
        return chain.to_json(ledger, rules=2)


def spelled(content: object) -> str:
    """Return a file's text: ASCII, so that no editor hides or changes a character."""
    return json.dumps(content, indent=1, ensure_ascii=True) + "\n"


def main(arguments: list[str]) -> None:
    for name, content in FILES.items():
        (HERE / name).write_text(spelled(content()))
    if "--chain" in arguments:
        (HERE / CHAIN).write_text(spelled(chain.to_json(chain.played().ledger)))
        (HERE / TOY_CHAIN).write_text(spelled(toy()))


if __name__ == "__main__":
    main(sys.argv[1:])
