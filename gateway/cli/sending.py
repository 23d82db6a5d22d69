"""Bring a key's queue to the gateway, and put it right when a command in it can't be taken."""

import contextlib
from collections import Counter
from collections.abc import Iterator

import typer

from chaincode.base.errors import Code
from gateway.cli import columns, speaking, town_time
from gateway.cli.client import Answer, ApiError, Client, RefusedError
from gateway.cli.keyring import Key
from gateway.cli.speaking import WORDS

ROUNDS_MAX = 50
AT_ONCE = 100


def send_or_keep(key: Key, *, later: bool) -> None:
    """Send a key's queue, or say that it is kept, as the person wishes."""
    if later:
        speaking.say(WORDS["sending.kept"], count=len(key.queue), path=key.path)
        return
    send(key)


def send(key: Key) -> None:
    """Send a key's queue; exit code 1 unless all of it is accepted."""
    with Client(key.address) as client:
        is_done = deliver(key, client)
        if key.utc_offset_minutes is None:
            with contextlib.suppress(ApiError):
                town_time.clock_of(key, client)  # while there is a line
                key.save()
    if not is_done:
        raise typer.Exit(1)


def deliver(key: Key, client: Client, *, is_counting: bool = False) -> bool:
    """Send a key's queue, and say of each command what became of it as soon as it is known.

    Args:
        key: In hand.
        client: To its gateway.
        is_counting: Whether those that are accepted are only counted.

    Returns:
        Whether all are accepted, and none still waits.
    """
    counts: Counter[str] = Counter()
    try:
        for answer in send_queue(key, client):
            counts[answer.status] += 1
            if not (is_counting and answer.status == "accepted"):
                code = f"{answer.code} " if answer.code != "ACCEPTED" else ""
                text = f"  {code}{answer.text}".rstrip()
                status = WORDS[f"sending.{answer.status}"].say(speaking.language())
                typer.echo(f"{columns.padded(status)} {answer.id}{text}")
    finally:
        if is_counting and counts:
            typer.echo(
                WORDS["sending.and"]
                .say(speaking.language())
                .join(_counted(status, count) for status, count in sorted(counts.items()))
            )
        if key.queue:
            speaking.say(WORDS["sending.still"], count=len(key.queue))
        if key.aside:
            speaking.say(WORDS["sending.aside"], count=len(key.aside))
    return not (counts.keys() - {"accepted"} or key.queue)


def _counted(status: str, count: int) -> str:
    said = WORDS[f"sending.{status}"]
    return WORDS["sending.counted"].say(speaking.language(), status=said, count=count)


def send_queue(key: Key, client: Client) -> Iterator[Answer]:
    """Send everything queued, in order, and yield the final answers as they come.

    A command that can't be taken is dropped, and those after it are signed anew from where the
    ledger says this device stands; the person is told of the drop. What is still waiting stays.
    What a suspended office signed is put aside, so that it keeps back nothing else of the person's.
    """
    for _ in range(ROUNDS_MAX):
        if not key.queue:
            return
        try:
            answers = client.send(key.queue[:AT_ONCE])
        except RefusedError as refused:
            yield _drop(
                key, client, refused.command_id, refused.code, refused.say(speaking.language())
            )
            continue
        for answer in answers:
            if answer.status == "waiting":
                yield answer
                return
            if answer.status == "dropped":
                yield _drop(key, client, answer.id, answer.code, answer.text)
                break
            key.answered(answer.id, is_accepted=answer.status == "accepted")
            yield answer


def _drop(key: Key, client: Client, command_id: str, code: str, text: str) -> Answer:
    seq, prev = client.head(key)
    is_kept = code == Code.ORGANISATION_SUSPENDED
    key.drop(command_id, seq=seq, prev=prev, is_kept=is_kept)
    status = "suspended" if is_kept else "dropped"
    return Answer(id=command_id, status=status, code=code, text=text)
