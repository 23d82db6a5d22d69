"""Times at the command line: typed and shown by the town's clock, whatever this computer's says.

A key's file remembers the town's offset from UTC, which never changes, from the first time that its
gateway was reached; so a time can be typed where there is no line, too.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, get_args

from chaincode.base import shapes, times
from chaincode.base.canonical import Json
from gateway.cli import columns
from gateway.cli.kinds import Kind
from gateway.cli.said import WORDS
from gateway.device.client import ApiError, Client
from gateway.device.keyring import Key, KeyringError
from gateway.typed import Tense, TownClock, dates, member_names, written
from gateway.words.language import Language

_DATE: Final = get_args(shapes.Date)[1].schema()["pattern"]
_TIMESTAMP: Final = get_args(shapes.Timestamp)[1].schema()["pattern"]
# What was signed stays as it was signed: programs compare it.
_SIGNED: Final = frozenset({"payload", "closed_part"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dated:
    """A member that holds a date or time: where it stands, and what was typed."""

    parent: dict[str, Json] | list[Json]
    at: str | int
    name: str
    is_time: bool
    typed: str

    @property
    def is_as_signed(self) -> bool:
        return bool(re.fullmatch(_TIMESTAMP if self.is_time else _DATE, self.typed))

    def put(self, value: str) -> None:
        self.parent[self.at] = value  # type: ignore[index]  # as it was found


def clock_of(key: Key, client: Client | None = None) -> TownClock:
    """Return the clock of a key's town; its gateway is asked once, and the key remembers.

    Raises:
        ApiError: It is not known yet, and the gateway can't be asked.
    """
    if key.utc_offset_minutes is None:
        if client is None:
            with Client(key.address) as asking:
                return clock_of(key, asking)
        founded = client.get("/api/ledger")["constitution"]
        if founded is None:
            raise ApiError(WORDS["town_time.not_founded"], gateway=client.gateway)
        key.utc_offset_minutes = int(founded["utc_offset_minutes"])
    return TownClock(utc_offset_minutes=key.utc_offset_minutes, now=int(time.time()))


def moment(key: Key, typed: str, *, language: Language) -> tuple[int | None, list[str]]:
    """Read when something happened.

    Returns:
        Seconds since 1970, `None` if nothing was typed; and what to tell the person before signing.

    Raises:
        TypedDateError: It can't be read, or is to come.
        KeyringError: The town's clock is not known yet, and the gateway can't be reached.
    """
    if not typed:
        return None, []
    town = _clock_if_known(key)
    if town is None:
        if not re.fullmatch(_TIMESTAMP, typed):
            raise KeyringError(WORDS["town_time.unknown"])
        return times.seconds(typed), []
    seconds = dates.moment(typed, town)
    return seconds, [_told(WORDS["town_time.when"].say(language), seconds, town, language)]


def read_parts(
    key: Key,
    kind: Kind,
    body: dict[str, Json],
    closed: dict[str, Json],
    *,
    language: Language,
) -> list[str]:
    """Put every typed date and time of a command as the contract takes it, in place.

    Returns:
        What to tell the person before signing, a line each.

    Raises:
        TypedDateError, KeyringError: As `moment`.
    """
    parts: list[tuple[Json, Json]] = [(kind.body, body)]
    if kind.closed is not None:
        parts.append((kind.closed, closed))
    found = [one for schema, part in parts for one in _dated(schema, part, {}, "", "")]
    town = _clock_if_known(key) if found else None
    if town is None:
        if not all(one.is_as_signed for one in found):
            raise KeyringError(WORDS["town_time.unknown"])
        return []
    said = []
    for one in found:
        if one.is_time:
            seconds = dates.moment(one.typed, town)
            one.put(times.timestamp(seconds))
            said.append(_told(one.name, seconds, town, language))
        else:
            on = dates.day(one.typed, town, Tense.PLANNED)
            one.put(on.isoformat())
            said.append(f"{_padded(one.name, language)} {written.of_day(on, language)}")
    return said


def planned_day(key: Key, typed: str) -> str:
    """Return the first or last day of something agreed as a `Date`.

    Raises:
        TypedDateError: It can't be read, or lacks its year.
        ApiError: It is said by today, and the town's clock can't be asked.
    """
    if re.fullmatch(_DATE, typed):
        return dates.whole_day(typed).isoformat()
    return dates.day(typed, clock_of(key), Tense.PLANNED).isoformat()


def shown(answer: Any, utc_offset_minutes: int) -> Any:  # noqa: ANN401 - JSON of many shapes
    """Return an answer with its times by the town's clock: 2026-11-29T17:00:00+09:00.

    What was signed keeps its own.
    """
    if isinstance(answer, dict):
        return {
            name: member if name in _SIGNED else shown(member, utc_offset_minutes)
            for name, member in answer.items()
        }
    if isinstance(answer, list):
        return [shown(one, utc_offset_minutes) for one in answer]
    if isinstance(answer, str) and re.fullmatch(_TIMESTAMP, answer):
        town = TownClock(utc_offset_minutes=utc_offset_minutes, now=0)
        return town.local(times.seconds(answer)).isoformat()
    return answer


def _clock_if_known(key: Key) -> TownClock | None:
    try:
        return clock_of(key)
    except ApiError:
        return None


def _told(member: str, seconds: int, town: TownClock, language: Language) -> str:
    words = written.of_moment(
        seconds, utc_offset_minutes=town.utc_offset_minutes, language=language
    )
    return WORDS["town_time.read"].say(language, member=_padded(member, language), words=words)


def _padded(member: str, language: Language) -> str:
    return columns.padded(member_names.label(member).say(language))


def _dated(
    schema: Json, value: Json, parent: dict[str, Json] | list[Json], at: str | int, name: str
) -> Iterator[_Dated]:
    """Yield the dates and times of a part, whatever they are typed as."""
    if not isinstance(schema, dict):
        return
    if isinstance(value, dict):
        members = schema.get("properties", {})
        for member, one in value.items():
            yield from _dated(members.get(member), one, value, member, member)  # type: ignore[union-attr]  # JSON Schema
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from _dated(schema.get("items"), one, value, place, name)
    elif isinstance(value, str) and schema.get("pattern") in {_DATE, _TIMESTAMP}:
        is_time = schema["pattern"] == _TIMESTAMP
        yield _Dated(parent=parent, at=at, name=name, is_time=is_time, typed=value)
