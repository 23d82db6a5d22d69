"""Commands as answers: where one stands, and as much of its content as the reader may see."""

from collections.abc import Collection
from typing import Any, Final

from chaincode.base import canonical, times
from chaincode.base.envelope import TYP
from chaincode.base.errors import Code
from gateway.answers import visibility
from gateway.answers.visibility import Role, cut
from gateway.device.signing import base64url
from gateway.http.errors import problem_object
from gateway.intake.answers import Status
from gateway.lookups.public import public_content
from gateway.projection import CommandRow, json_text
from gateway.words.language import Language

Answer = dict[str, Any]

WAITING: Final = "waiting"
ACCEPTED: Final = "accepted"
REJECTED: Final = "rejected"
DROPPED: Final = "dropped"


def status_answer(status: Status, language: Language) -> Answer:
    """Return where a command stands; nothing of its content."""
    answer = status.answer
    if answer is None:
        return {"id": status.id, "status": WAITING}
    shown: Answer = {"id": status.id, "status": _standing(answer.code, taken=answer.taken)}
    shown["code"] = answer.code
    if answer.taken:
        shown["flags"] = list(answer.flags)
    if answer.block_number is not None:
        shown["block"] = answer.block_number
    if answer.ledger_time is not None:
        shown["ledger_time"] = times.timestamp(answer.ledger_time)
    return _with_problem(shown, language)


def row_answer(row: CommandRow, language: Language, roles: Collection[Role]) -> Answer:
    """Return a command on record, cut for a reader."""
    payload = row.payload.encode()
    shown: Answer = {
        "id": row.id,
        "status": ACCEPTED if row.is_accepted else REJECTED,
        "code": row.code,
        "flags": json_text.decode(row.flags),
        "block": row.block_number,
        "ledger_time": times.timestamp(row.ledger_time),
        "type": row.type,
        "jws": ".".join((_header(row.kid), base64url(payload), row.signature)),
        "payload": json_text.decode(row.payload),
    }
    if row.closed is not None:
        shown["closed"] = base64url(row.closed.encode())
        shown["closed_part"] = json_text.decode(row.closed)
    is_public = public_content(row) is not None
    table = visibility.PUBLIC_COMMAND if is_public else visibility.COMMAND
    return cut(table, _with_problem(shown, language), roles)


def entry_answer(row: CommandRow, language: Language) -> Answer:
    """Return a command to one of its parties."""
    return row_answer(row, language, (Role.PARTY,))


def _standing(code: str, *, taken: bool) -> str:
    if not taken:
        return DROPPED
    return ACCEPTED if code == Code.ACCEPTED else REJECTED


def _with_problem(shown: Answer, language: Language) -> Answer:
    if shown["code"] != Code.ACCEPTED:
        shown["problem"] = problem_object(shown["code"], language)
    return shown


def _header(kid: str) -> str:
    """Return a command's protected header, of which there is only one spelling."""
    return base64url(canonical.encode({"alg": "ES256", "kid": kid, "typ": TYP}))
