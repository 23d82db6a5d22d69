"""`minori mandates`: who may sign for whom, for what, and until when."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer

from gateway.cli.options import Gateway, KeyName
from gateway.cli.said import WORDS
from gateway.cli.telling import told
from gateway.device import keyring
from gateway.device.client import Client
from gateway.device.keyring import Key
from gateway.words import speaking

AT_ONCE: Final = "100"

Mandate = dict[str, Any]  # one of `GET /api/mandates`


def mandates(
    key: KeyName = "",
    is_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
    gateway: Gateway = "",
) -> None:
    """Show who may sign for whom: what was given, what one holds.

    A registrar sees those of all people of the own organisation, which registrars gave by list
    included, and those that have ended.
    """
    with told():
        asker = Key.load(keyring.find(key), elsewhere=gateway)
        with Client(asker.address) as client:
            client.open_session(asker)
            found = list(_all(client))
        if is_json:
            typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
        elif not found:
            speaking.say(WORDS["mandates.none"])
        else:
            for one in found:
                _show(one)


def _all(client: Client) -> Iterator[Mandate]:
    asked = {"limit": AT_ONCE}
    while True:
        page = client.get("/api/mandates", **asked)
        yield from page["mandates"]
        if page["next"] is None:
            return
        asked["cursor"] = page["next"]


def _show(one: Mandate) -> None:
    speaking.say(
        WORDS["mandates.one"],
        principal=_name(one, "principal"),
        agent=_name(one, "agent"),
        since=one["since"],
        until=one["until"],
        types=", ".join(one["types"]),
    )
    if not one["is_valid"]:
        speaking.say(WORDS["mandates.not_in_force"])
    if not one["principal_has_key"]:
        speaking.say(WORDS["mandates.by_registrars"])


def _name(one: Mandate, side: str) -> str:
    """Return a party's name, and the office's code of the person, or the pseudonym."""
    named, code = one[f"{side}_party_name"], one[f"{side}_code"] or one[side]
    party = named[speaking.language()] if named else one[f"{side}_party"]
    return f"{party} ({code})" if speaking.language() == "en" else f"{party}（{code}）"
