"""`minori submit --dry-run`: what would become of a command, decided by the contract itself."""

import json
from collections.abc import Sequence
from typing import Any

import typer

from gateway.cli import town_time
from gateway.cli.arguments import ArgumentError
from gateway.cli.said import WORDS
from gateway.device.client import Client, as_json
from gateway.device.keyring import Key
from gateway.typed import member_names
from gateway.words import speaking

COMMANDS_MAX = 100  # that a gateway tries at once, unless it is set otherwise


def try_queue(key: Key, wires: Sequence[bytes]) -> None:
    """Say what would become of the last commands if they were sent now, after those that wait.

    Nothing is sent, kept or numbered: the key's file stays as it is. The key's own records are
    printed as they would be after all of it. Exit code 1 unless all would be accepted.

    Args:
        key: Whose; what waits in its queue is tried first, for it goes first.
        wires: The new ones; none: what waits is what is asked about.
    """
    tried = [*key.queue, *wires]
    if not tried:
        raise ArgumentError(WORDS["trying.nothing"])
    if len(tried) > COMMANDS_MAX:
        raise ArgumentError(WORDS["trying.too_many"], count=len(key.queue))
    with Client(key.address) as client:
        client.open_session(key)
        answer = client.post("/api/dry-runs", {"commands": [as_json(wire) for wire in tried]})
        offset_minutes = town_time.clock_of(key, client).utc_offset_minutes
    shown = answer["commands"][len(key.queue) if wires else 0 :]
    for one in shown:
        typer.echo(_line(one))
        for warning in one["warnings"]:
            choices = ", ".join(warning["choices"])
            typer.echo(f"?  {warning['text']}" + (f" [{choices}]" if choices else ""))
    records = town_time.shown(answer["records"], offset_minutes)
    typer.echo(json.dumps(records, indent=1, ensure_ascii=False))
    speaking.say(WORDS["trying.kept_nothing"])
    if any(one["status"] != "accepted" for one in shown):
        raise typer.Exit(1)


def _line(answer: dict[str, Any]) -> str:
    """Return `would be rejected  CODE (member) why`, or what an accepted one carries and awaits."""
    language = speaking.language()
    status = WORDS[f"trying.{answer['status']}"].say(language)
    if answer["status"] == "accepted":
        flags = ", ".join(answer["flags"])
        said = [WORDS["trying.flags"].say(language, flags=flags)] if flags else []
        awaits = (answer.get("awaits") or {}).get("text", "")
        return "  ".join([status, *said, *([awaits] if awaits else [])])
    place = member_names.in_path(answer.get("member") or "").say(language)
    member = f" ({place})" if place else ""
    detail = answer["problem"]["detail"]
    return f"{status}  {answer['code']}{member} {detail}"
