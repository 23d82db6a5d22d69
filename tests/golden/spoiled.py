"""Vectors of commands that are refused for their shape: a sale by a farmer, with one thing wrong.

Each function changes the parts that the farmer's device would have sent; the codes are written
here by hand, and the contract is held to them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.chaincode.drafts import Draft, valid
from tests.chaincode.pen import Pen, base64url, canonical, pseudonym, sha256_hex
from tests.golden.texts import BAD as BAD_TEXTS

OF_NUMBERS_AND_NESTING = {
    "TOO_DEEP",
    "DUPLICATE_MEMBER",
    "NOT_A_NUMBER",
    "NOT_AN_INTEGER",
    "INTEGER_TOO_LARGE",
}


@dataclass(slots=True)
class Parts:
    """What a command's bytes are made of; `None` for no closed part."""

    pen: Pen
    header: bytes
    payload: bytes
    closed: bytes | None

    def wire(self) -> bytes:
        jws = self.pen.jws(self.payload, self.header)
        return jws if self.closed is None else jws + b"~" + base64url(self.closed).encode()


def parts(draft: Draft | None = None) -> Parts:
    """Return the parts of a right command, by default of the sale."""
    draft = draft or valid("lot.sell")
    pen = draft.world.people[draft.by].pen
    closed = None if draft.closed is None else canonical(draft.closed)
    return Parts(pen, canonical(pen.header), canonical(draft.payload()), closed)


def header(**members: object) -> bytes:
    """Return the sale with members of its header replaced, or, as `None`, left out."""
    sale = parts()
    changed = sale.pen.header | members
    sale.header = canonical({name: one for name, one in changed.items() if one is not None})
    return sale.wire()


def payload(type_name: str = "lot.sell", **members: object) -> bytes:
    """Return a command with members of its payload replaced, or, as `None`, left out."""
    draft = valid(type_name)
    draft.members |= members
    return parts(draft).wire()


def body(type_name: str, **members: object) -> bytes:
    """Return a command with members of its body replaced, or, as `None`, left out."""
    draft = valid(type_name)
    draft.body = {n: one for n, one in (draft.body | members).items() if one is not None}
    return parts(draft).wire()


def closed(type_name: str = "lot.sell", **members: object) -> bytes:
    """Return a command with members of its closed part replaced, or, as `None`, left out."""
    draft = valid(type_name)
    draft.closed = {n: one for n, one in (draft.closed | members).items() if one is not None}
    return parts(draft).wire()


def raw_payload(change: Callable[[bytes], bytes]) -> bytes:
    sale = parts()
    sale.payload = change(sale.payload)
    return sale.wire()


def raw_closed(raw: bytes | None) -> bytes:
    """Return the sale with its closed part replaced, the payload naming the new one."""
    draft = valid("lot.sell")
    if raw is not None:
        draft.members["closed"] = sha256_hex(raw)
    sale = parts(draft)
    sale.closed = raw
    return sale.wire()


def title_in_payload(text: bytes) -> bytes:
    """Return an amendment whose title is spelled with these bytes of JSON."""
    amendment = parts(valid("constitution.amend"))
    title = canonical(valid("constitution.amend").body["constitution"]["title"])
    assert amendment.payload.count(title) == 1
    amendment.payload = amendment.payload.replace(title, text)
    return amendment.wire()


def wide_run() -> bytes:
    """Return a sorting of 30 farms' goods into 16 classes: 480 holdings, and more."""
    draft = valid("lot.sort")
    numbers = [f"{number:020}" for number in range(46)]
    children = [
        {"lot": lot, "index": index, "crop": "carrot"} for index, lot in enumerate(numbers[30:])
    ]
    inputs = [
        {"quantity_g": 16, "to_g": [1] * 16, "owner": pseudonym(f"owner {number}")}
        for number in range(30)
    ]
    draft.body |= {"parents": numbers[:30], "children": children}
    draft.closed |= {"inputs": inputs}
    return parts(draft).wire()


def commands() -> dict[str, tuple[bytes, str]]:
    """Return name: (bytes, code)."""
    sale = parts()
    wire = sale.wire()
    jws, _, closed_text = wire.partition(b"~")
    head, middle, signature = jws.split(b".")
    assert jws[-1:] in b"AQgw"  # 64 bytes leave two bits unused, which are zero
    twin = jws[:-1] + bytes([jws[-1] + 1])
    return {
        "nothing": (b"", "NOT_A_JWS"),
        "two segments": (head + b"." + middle, "NOT_A_JWS"),
        "four segments": (jws + b"." + head, "NOT_A_JWS"),
        "empty payload": (head + b".." + signature, "NOT_A_JWS"),
        "padding": (jws + b"=~" + closed_text, "NOT_A_JWS"),
        "alphabet of plain base64": (b"+" + wire[1:], "NOT_A_JWS"),
        "byte beyond ASCII": (b"\xff" + wire[1:], "NOT_A_JWS"),
        "line feed at the end": (wire + b"\n", "NOT_A_JWS"),
        "signature of 63 bytes": (
            b".".join((head, middle, base64url(bytes(63)).encode())) + b"~" + closed_text,
            "NOT_A_JWS",
        ),
        "unused bits set": (twin + b"~" + closed_text, "NOT_A_JWS"),
        "tilde and nothing": (jws + b"~", "NOT_A_JWS"),
        "16 KiB and a byte": (b"A" * 16_385, "TOO_LARGE"),
        "2,050 values": (raw_payload(lambda _: b"[" + b"1," * 2_049 + b"1]"), "TOO_MANY_VALUES"),
        "more records than a command may cost": (wide_run(), "TOO_MANY_RECORDS"),
        "algorithm none": (header(alg="none"), "BAD_ALGORITHM"),
        "algorithm HS256": (header(alg="HS256"), "BAD_ALGORITHM"),
        "algorithm left out": (header(alg=None), "BAD_ALGORITHM"),
        "another typ": (header(typ="JWT"), "BAD_HEADER"),
        "typ left out": (header(typ=None), "BAD_HEADER"),
        "another key in the header": (header(kid=Pen("another").kid), "BAD_HEADER"),
        "critical extension": (header(crit=["b64"]), "BAD_HEADER"),
        "version 2": (payload(v=2), "BAD_VALUE"),
        "version as text": (payload(v="1"), "BAD_VALUE"),
        "ledger in capitals": (payload(ledger="AB" * 32), "BAD_VALUE"),
        "number 0": (payload(seq=0), "BAD_VALUE"),
        "number true": (payload(seq=True), "BAD_VALUE"),
        "predecessor left out": (payload(prev=None), "MISSING_MEMBER"),
        "actor of twelve digits": (payload(actor="1" * 12), "BAD_VALUE"),
        "actor with an I": (payload(actor="KKKKKKKKKKKI"), "BAD_VALUE"),
        "time with an offset": (payload(event_time="2026-04-15T09:00:00+09:00"), "BAD_VALUE"),
        "time of a leap second": (payload(event_time="2026-06-30T23:59:60Z"), "BAD_VALUE"),
        "hour 24": (payload(event_time="2026-04-15T24:00:00Z"), "BAD_VALUE"),
        "30 February": (payload(event_time="2026-02-30T00:00:00Z"), "BAD_VALUE"),
        "time as a number": (payload(signed_at=1_776_211_200), "BAD_VALUE"),
        "no nonce": (payload(nonce=None), "MISSING_MEMBER"),
        "nonce of 64 bits": (payload(nonce="0" * 16), "BAD_VALUE"),
        "nonce in capitals": (payload(nonce="AB" * 16), "BAD_VALUE"),
        "operator with an I": (payload(operator="KKKKKKKKKKKI"), "BAD_VALUE"),
        "memo in the payload": (payload(memo="x"), "UNKNOWN_MEMBER"),
        "unknown type": (payload(type="lot.eat"), "UNKNOWN_TYPE"),
        "type without a verb": (payload(type="lot"), "BAD_VALUE"),
        "memo in the body": (body("lot.sell", memo="x"), "UNKNOWN_MEMBER"),
        "lot left out": (body("lot.sell", lot=None), "MISSING_MEMBER"),
        "lot of 19 characters": (body("lot.sell", lot="0" * 19), "BAD_VALUE"),
        "lot in small letters": (body("lot.sell", lot="k" * 20), "BAD_VALUE"),
        "body of another type": (payload(type="lot.discard"), "MISSING_MEMBER"),
        "index 10,000": (body("lot.harvest", index=10_000), "BAD_VALUE"),
        "unknown reason": (body("lot.discard", reason="lost"), "BAD_VALUE"),
        "key with a private part": (
            body("key.enrol", jwk=valid("key.enrol").body["jwk"] | {"d": "A" * 43}),
            "UNKNOWN_MEMBER",
        ),
        "coordinate of 42 characters": (
            body("key.enrol", jwk=valid("key.enrol").body["jwk"] | {"x": "A" * 42}),
            "BAD_VALUE",
        ),
        "65 spared commands": (body("key.revoke", spared=["0" * 64] * 65), "BAD_VALUE"),
        "mandate of no types": (body("mandate.grant", types=[]), "BAD_VALUE"),
        "approval of a type of one signer": (
            body("proposal.approve", type="lot.sell"),
            "UNKNOWN_TYPE",
        ),
        "bootstrap with an expiry": (
            payload("registry.bootstrap", expires="2026-04-16T00:00:00Z"),
            "UNKNOWN_MEMBER",
        ),
        "unknown channel": (body("lot.sell", channel="fax"), "BAD_VALUE"),
        "channel null": (raw_payload(lambda raw: raw.replace(b'"desk"', b"null")), "BAD_VALUE"),
        "run of no parents": (body("lot.merge", parents=[]), "BAD_VALUE"),
        "run of 65 parents": (body("lot.repack", parents=["0" * 20] * 65), "BAD_VALUE"),
        "run of 17 children": (
            body("lot.repack", children=valid("lot.repack").body["children"][:1] * 17),
            "BAD_VALUE",
        ),
        "child with a weight": (
            body("lot.repack", children=[valid("lot.repack").body["children"][0] | {"g": 1}]),
            "UNKNOWN_MEMBER",
        ),
        "shares guessed": (body("lot.sort", shares="guessed"), "BAD_VALUE"),
        "sticker number 0": (body("label.bind", first=0), "BAD_VALUE"),
        "a million and one stickers": (body("label.bind", count=1_000_001), "BAD_VALUE"),
        "recall by one of 101 lots": (
            body("recall.emergency", roots=["0" * 20] * 101),
            "BAD_VALUE",
        ),
        "recall of no lots": (body("recall.emergency", roots=[]), "BAD_VALUE"),
        "recall of 401 lots": (body("recall.drill", roots=["0" * 20] * 401), "BAD_VALUE"),
        "recall of a class there is not": (body("recall.drill", kind="hearsay"), "BAD_VALUE"),
        "opening stock without papers": (body("lot.open", document=None), "MISSING_MEMBER"),
        "packs of no grams": (
            closed(packs={"unit": "bag", "count": 1, "unit_g": 0}),
            "BAD_VALUE",
        ),
        "packs of an unknown unit": (closed(packs={"unit": "sack", "count": 1}), "BAD_VALUE"),
        "packs without a count": (closed(packs={"unit": "bag"}), "MISSING_MEMBER"),
        "consigned as text": (closed("lot.ship", consigned="yes"), "BAD_VALUE"),
        "fewer than no grams denied": (closed("lot.deny_claim", denied_g=-1), "BAD_VALUE"),
        "owner with an I": (closed(owner="KKKKKKKKKKKI"), "BAD_VALUE"),
        "input of no grams": (
            closed("lot.merge", inputs=[{"quantity_g": 0, "to_g": [0]}]),
            "BAD_VALUE",
        ),
        "no grams": (closed(quantity_g=0), "BAD_VALUE"),
        "grams as text": (closed(quantity_g="1"), "BAD_VALUE"),
        "a thousand tonnes and a gram": (closed(quantity_g=1_000_000_001), "BAD_VALUE"),
        "salt left out": (closed(salt=None), "MISSING_MEMBER"),
        "salt of 64 bits": (closed(salt="0" * 16), "BAD_VALUE"),
        "price in the closed part": (closed(price_yen=300), "UNKNOWN_MEMBER"),
        "closed part left behind": (jws, "CLOSED_PART_MISSING"),
        "closed part not named": (payload(closed=None), "CLOSED_PART_UNEXPECTED"),
        "closed part of a type without": (
            parts(with_closed(valid("party.register"))).wire(),
            "CLOSED_PART_UNEXPECTED",
        ),
        "another closed part": (payload(closed="ab" * 32), "CLOSED_PART_MISMATCH"),
        "closed part spelled otherwise": (raw_closed(sale.closed + b" "), "NOT_CANONICAL"),
        "closed part of no object": (raw_closed(b"[]"), "BAD_VALUE"),
        "payload of no object": (raw_payload(lambda _: b"[]"), "BAD_VALUE"),
        "payload with a blank": (raw_payload(lambda raw: raw + b" "), "NOT_CANONICAL"),
        "members out of order": (
            raw_payload(lambda raw: raw[:-1].replace(b',"v":1', b"") + b',"v":1,"u":1}'),
            "NOT_CANONICAL",
        ),
        "member twice": (
            raw_payload(lambda raw: raw.replace(b'"v":1', b'"v":1,"v":1')),
            "DUPLICATE_MEMBER",
        ),
        **{
            f"title: {name}": (title_in_payload(text), code)
            for name, (text, code) in BAD_TEXTS.items()
            if text.startswith(b'"') or code in OF_NUMBERS_AND_NESTING
        },
    }


def with_closed(draft: Draft) -> Draft:
    draft.closed = {"salt": "0" * 32}
    return draft
