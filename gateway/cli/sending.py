"""Bring a key's queue to the gateway, and put it right when a command in it can't be taken."""

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator

import typer

from chaincode.base.errors import Code
from gateway.cli import columns, goods, town_time
from gateway.cli.asking import is_yes
from gateway.cli.said import WORDS
from gateway.device.client import Answer, ApiError, Client, RefusedError
from gateway.device.keyring import Key, command_id_of, payload_of
from gateway.words import SaidError, speaking
from gateway.words.codes import GatewayCode

ROUNDS_MAX = 50
AT_ONCE = 100


def send_or_keep(key: Key, *, later: bool, is_sure: bool = False) -> None:
    """Send a key's queue, or say that it is kept, as the person wishes.

    Args:
        key: In hand.
        later: Whether it is kept.
        is_sure: Whether what would be asked back is meant.
    """
    if later:
        speaking.say(WORDS["sending.kept"], count=len(key.queue), path=key.path)
        return
    send(key, is_sure=is_sure)


def send(key: Key, *, is_sure: bool = False) -> None:
    """Send a key's queue; exit code 1 unless all of it is accepted."""
    with Client(key.address) as client:
        is_done = deliver(key, client, is_sure=is_sure)
        if key.utc_offset_minutes is None:
            with contextlib.suppress(ApiError):
                town_time.clock_of(key, client)  # while there is a line
                key.save()
    if not is_done:
        raise typer.Exit(1)


def deliver(key: Key, client: Client, *, is_counting: bool = False, is_sure: bool = False) -> bool:
    """Send a key's queue, and say of each command what became of it as soon as it is known.

    Args:
        key: In hand.
        client: To its gateway.
        is_counting: Whether those that are accepted are only counted.
        is_sure: Whether what would be asked back is meant.

    Returns:
        Whether all are accepted, and none still waits.
    """
    counts: Counter[str] = Counter()
    try:
        goods.hand_over(key, client)
        for answer in send_queue(key, client, is_sure=is_sure):
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


def send_queue(key: Key, client: Client, *, is_sure: bool = False) -> Iterator[Answer]:
    """Send everything queued, in order, and yield the final answers as they come.

    A command that can't be taken is dropped, and those after it are signed anew from where the
    ledger says this device stands; the person is told of the drop. What is still waiting stays.
    What a suspended office signed is put aside, so that it keeps back nothing else of the person's.
    An entry that was sent before, signed by another key, is asked back; where nobody answers, all
    stays as it is.

    Raises:
        SentBeforeError: It is asked back, and there is no terminal to ask at.
    """
    again: set[str] = set()
    for _ in range(ROUNDS_MAX):
        if not key.queue:
            return
        try:
            answers = client.send(key.queue[:AT_ONCE], again=again)
        except RefusedError as refused:
            if refused.code == GatewayCode.ENTERED_TWICE and _is_meant(
                key, refused, is_sure=is_sure
            ):
                again.add(refused.command_id)
                continue
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


class SentBeforeError(SaidError):
    """Another key has signed the same entry, and nobody can be asked whether it is meant again."""


def _is_meant(key: Key, refused: RefusedError, *, is_sure: bool) -> bool:
    """Ask whether an entry happened once more."""
    (wire,) = (one for one in key.queue if command_id_of(one) == refused.command_id)
    payload = payload_of(wire)
    said = {"type": payload["type"], "at": payload["event_time"], "id": refused.command_id}
    if is_sure:
        speaking.say(WORDS["sending.meant"], is_aside=True, **said)
        return True
    if not sys.stdin.isatty():
        raise SentBeforeError(WORDS["sending.before_nobody"], **said)
    question = WORDS["sending.before"].say(speaking.language(), **said)
    return is_yes(typer.prompt(question, default="", show_default=False, err=True))


def _drop(key: Key, client: Client, command_id: str, code: str, text: str) -> Answer:
    seq, prev = client.head(key)
    is_kept = code == Code.ORGANISATION_SUSPENDED
    key.drop(command_id, seq=seq, prev=prev, is_kept=is_kept)
    status = "suspended" if is_kept else "dropped"
    return Answer(id=command_id, status=status, code=code, text=text)
