"""What of a command about keys is on record: whose a key is, and which ones a person has."""

from gateway.cli.on_record import Given, NotOnRecordError, Record, Records, one_of
from gateway.cli.said import WORDS
from gateway.words import speaking


def revoke(given: Given, records: Records) -> None:
    """Fill in whose key it is, or the key of somebody who has one alone."""
    kid, actor = given.get("device"), given.get("actor")
    every = [{**key, "holder": holder} for holder in records.holders() for key in holder["keys"]]
    found = [
        one
        for one in every
        if kid in {None, one["kid"]} and actor in {None, one["holder"]["actor"]}
    ]
    if not found:
        listed = "\n".join(f"  {_said(one)}" for one in every)
        raise NotOnRecordError(WORDS["filling.no_key"], listed=listed)
    key = one_of(found, "filling.no_key", "filling.several_keys", _said)
    given.must_be("device", key["kid"])
    given.must_be("actor", key["holder"]["actor"])


def reached(given: Given, records: Records) -> None:
    """Fill in every key of somebody that a change of roles has to reach."""
    for holder in records.holders():
        if holder["actor"] == given.get("actor"):
            given.must_be("devices", [key["kid"] for key in holder["keys"]])


def _said(key: Record) -> str:
    holder, language = key["holder"], speaking.language()
    name = (holder["party_name"] or {}).get(language)
    parts = (holder["actor_code"], holder["party_code"], name, key["kept_text"][language])
    return " ".join(filter(None, (*parts, key["kid"])))
