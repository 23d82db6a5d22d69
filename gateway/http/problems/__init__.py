"""The one table of problems: code -> HTTP status and wording, in Japanese and English.

Every code of the contract and of the gateway has exactly one entry; pages and the API are both cut
from it, and `GET /problems/{code}` shows it, so a problem's `type` leads somewhere.

    wording         Problem, Wording
    shape           what a command's bytes show        authority   key, sequence, time, authority
    existence       what the ledger does not have      state           what is not in a state for it
    rules           what a rule forbids                recalls         what a recall can't do
    gateway_codes   the gateway's own
"""

from collections.abc import Mapping
from typing import Final

from gateway.http.problems.authority import AUTHORITY, FOUNDING, KEY, SEQUENCE, TIME
from gateway.http.problems.existence import EXISTENCE
from gateway.http.problems.gateway_codes import FOUND, REQUEST, SESSION
from gateway.http.problems.queue_codes import QUEUE
from gateway.http.problems.recalls import RECALL
from gateway.http.problems.rules import RULE
from gateway.http.problems.shape import SHAPE
from gateway.http.problems.state import STATE
from gateway.http.problems.wording import Problem, Wording

__all__ = ["PROBLEMS", "Problem", "Wording"]

PROBLEMS: Final[Mapping[str, Problem]] = {
    one.code: one
    for group in (
        *(SHAPE, KEY, SEQUENCE, FOUNDING, TIME, AUTHORITY, EXISTENCE, STATE, RULE, RECALL),
        *(REQUEST, SESSION, FOUND, QUEUE),
    )
    for one in group
}
