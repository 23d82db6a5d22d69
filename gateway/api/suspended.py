"""Suspended offices in words: whose, until when, by whose votes, and whom to ask."""

import time
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, select

from chaincode.base.envelope import Command
from chaincode.base.errors import Code
from chaincode.registry.records import OFFICES
from gateway.lookups.organisations import SuspensionRecord, Together, together
from gateway.lookups.people import find_device
from gateway.projection.domain import actors
from gateway.town.vocabulary import ROLES
from gateway.typed import written
from gateway.words.language import Language

Answer = dict[str, Any]

_AND: Final[dict[Language, str]] = {"ja": "と", "en": " and "}
_DETAIL: Final[dict[Language, str]] = {
    "ja": (
        "{title}の職務（{offices}）は、{others}の票により{until}まで停止中です。"
        "お問い合わせは{others}の登録係へ。"
    ),
    "en": (
        "The offices of {title} ({offices}) are suspended until {until}, by the votes of {others}."
        " Ask a registrar of {others}."
    ),
}


def problem_of(
    connection: Connection, command: Command, language: Language, now: int
) -> Answer | None:
    """Return what a problem object says of the suspension that keeps a command out.

    Args:
        connection: To the projection.
        command: That was answered `ORGANISATION_SUSPENDED`.
        language: Of the words.
        now: Seconds since 1970.

    Returns:
        `detail` and `until`; `None` if the tables show no such suspension (any more).
    """
    found = together(connection, now)
    device = find_device(connection, command.kid)
    if found is None or device is None:
        return None
    principal = select(actors.c.organisation).where(actors.c.id == command.on_behalf)
    organisations = (device.organisation, connection.execute(principal).scalar())
    for organisation in organisations:
        suspension = found.suspension(organisation) if organisation else None
        if suspension is not None and suspension.until is not None:
            detail = _DETAIL[language].format(
                title=found.title(suspension.organisation),
                offices=offices(found, suspension.organisation, language),
                others=by_whom(found, suspension, language),
                until=day(suspension.until, language),
            )
            return {"detail": detail, "until": suspension.until}
    return None


def explain(
    connection: Connection, asked: Iterable[tuple[Command, Answer]], language: Language
) -> None:
    """Say in answers whose offices are suspended until when; others are left as they are."""
    for command, shown in asked:
        if shown.get("code") == Code.ORGANISATION_SUSPENDED:
            now = int(time.time())
            shown["problem"] |= problem_of(connection, command, language, now) or {}


def by_whom(found: Together, suspension: SuspensionRecord, language: Language) -> str:
    """Return the titles of those who vote for a suspension."""
    return _AND[language].join(found.title(one.organisation) for one in suspension.votes)


def offices(found: Together, organisation_id: str, language: Language) -> str:
    """Return the offices that an organisation may grant, in words."""
    organisation = found.founding[1].organisation(organisation_id)
    return roles_in_words(
        OFFICES.intersection(organisation.roles if organisation else ()), language
    )


def roles_in_words(roles: Iterable[str], language: Language) -> str:
    """Return roles in words, in an order that is always the same."""
    if language == "ja":
        return "・".join(ROLES.get(role, role) for role in sorted(roles))
    return ", ".join(role.replace("-", " ") for role in sorted(roles))


def day(on: str, language: Language) -> str:
    """Return a day of the town, as `2026-04-01`, in words."""
    return written.of_day(date.fromisoformat(on), language)
