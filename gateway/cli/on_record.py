"""What existing records say to a command that is being written, and the command as far as it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chaincode.base.canonical import Json
from gateway.cli.arguments import ArgumentError
from gateway.cli.kinds import Kind
from gateway.cli.said import WORDS
from gateway.device.client import Client
from gateway.typed import member_names

Record = dict[str, Any]

PAGE: Final = "100"


class NotOnRecordError(ArgumentError):
    """What is named is not on record: mistyped, or waiting to be sent like this command."""


class Records:
    """What a party may read of its own, asked for when it is needed."""

    def __init__(self, client: Client, party: str) -> None:
        self.client = client
        self.party = party

    def shipments(self, **filters: str) -> Iterator[Record]:
        """Yield the party's shipments, the latest changed first."""
        return self._pages("/api/shipments", "shipments", **filters)

    def recalls(self) -> Iterator[Record]:
        """Yield all recalls, the latest changed first."""
        return self._pages("/api/recalls", "recalls")

    def crops(self, lots: list[Json]) -> list[Json]:
        """Return what lots are, as a recall officer is told before a recall."""
        found: list[Json] = self.client.post("/api/recalls/scope", {"lots": lots})["crops"]
        return found

    def holders(self) -> Iterator[Record]:
        """Yield whose keys one may end, with these keys."""
        return self._pages("/api/devices", "holders")

    def lot(self, lot: str) -> Record:
        """Return a lot, with the party's own holdings."""
        found: Record = self.client.get(f"/api/lots/{lot}")
        return found

    def entries(self, lot: str) -> Iterator[Record]:
        """Yield the accepted commands about a lot that the party may read, the newest first."""
        for one in self._pages(f"/api/lots/{lot}/entries", "entries"):
            if one["status"] == "accepted":
                yield one

    def _pages(self, path: str, name: str, **filters: str) -> Iterator[Record]:
        asked = {**filters, "limit": PAGE}
        while True:
            page = self.client.get(path, **asked)
            yield from page[name]
            if not page["next"]:
                return
            asked["cursor"] = page["next"]


@dataclass(slots=True, kw_only=True)
class Given:
    """The parts of a command as far as they are known, and what was filled in."""

    kind: Kind
    body: dict[str, Json]
    closed: dict[str, Json]
    filled: dict[str, Json] = field(default_factory=dict)

    def get(self, member: str) -> Json:
        """Return a member of either part, `None` if it is not given."""
        return self.body.get(member, self.closed.get(member))

    def put(self, member: str, value: Json) -> None:
        """Fill a member in, unless it is given."""
        if value is None or self.get(member) is not None:
            return
        members = self.kind.body["properties"]
        (self.body if member in members else self.closed)[member] = value
        self.filled[member] = value

    def must_be(self, member: str, value: Json, *, default: Json = None) -> None:
        """Fill in what a record says; nothing else can be given.

        Args:
            member: Of either part.
            value: `None`: that the member is absent, or has its default.
            default: What an absent member means.

        Raises:
            ArgumentError: Something else is given.
        """
        given = self.get(member)
        if given is not None and given != (default if value is None else value):
            raise ArgumentError(
                WORDS["filling.differs"],
                member=member_names.typed(member),
                typed=given,
                value=default if value is None else value,
            )
        self.put(member, value)


Rule = Callable[[Given, Records], None]


def one_of(
    found: Sequence[Record], nothing: str, several: str, say: Callable[[Record], str]
) -> Record:
    """Return the only record found.

    Raises:
        ArgumentError: There is none, or several: then they are told.
    """
    if not found:
        raise ArgumentError(WORDS[nothing])
    if len(found) > 1:
        listed = "\n".join(f"  {say(one)}" for one in found)
        raise ArgumentError(WORDS[several], listed=listed)
    return found[0]
