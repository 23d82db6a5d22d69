"""What a registrar's computer remembers of the invitations that it gave out.

One file beside the registrars' keys, a line of JSON each, readable by its owner only:

    {"actor": "…", "nonce": "…", "until": "2026-12-13"}     given out
    {"nonce": "…", "used": "2026-12-01"}                     its key was enrolled
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from gateway.invitations.code import WORDS, Invitation, InvitationError

FILE_NAME: Final = "invitations.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """An invitation given out; `used` is the day its key was enrolled."""

    actor: str
    until: date
    used: date | None = None


class IssuedInvitations:
    """The file beside the keys in a folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def add(self, invitation: Invitation) -> None:
        """Remember an invitation before anybody has it."""
        self._append(
            {
                "actor": invitation.actor,
                "nonce": invitation.nonce,
                "until": invitation.until.isoformat(),
            }
        )

    def use(self, nonce: str, on: date) -> None:
        """Remember that its key was enrolled."""
        if nonce in self._read():
            self._append({"nonce": nonce, "used": on.isoformat()})

    def check(self, *, nonce: str, actor: str, today: date) -> None:
        """Refuse what was not given out, is over, or was used.

        An actor for whom this computer gave out none was invited from another.

        Raises:
            InvitationError: It can't be used.
        """
        issued = self._read()
        found = issued.get(nonce)
        if found is None:
            if any(one.actor == actor for one in issued.values()):
                raise InvitationError(WORDS["issued.unknown"])
            return
        if found.actor != actor:
            raise InvitationError(WORDS["issued.unknown"])
        if found.used is not None:
            raise InvitationError(WORDS["use.used_on"], on=found.used.isoformat())
        check_day(found.until, today)

    def _read(self) -> Mapping[str, Issued]:
        found: dict[str, Issued] = {}
        if not self._path.exists():
            return found
        for line in self._path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            if "used" in entry:
                before = found[entry["nonce"]]
                found[entry["nonce"]] = replace(before, used=date.fromisoformat(entry["used"]))
            else:
                until = date.fromisoformat(entry["until"])
                found[entry["nonce"]] = Issued(actor=entry["actor"], until=until)
        return found

    def _append(self, entry: Mapping[str, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(entry, sort_keys=True) + "\n")
            file.flush()
            os.fsync(file.fileno())


def check_day(until: date, today: date) -> None:
    """Refuse an invitation that is over.

    Raises:
        InvitationError: Its last day was before today.
    """
    if today > until:
        raise InvitationError(WORDS["use.over"], until=until.isoformat())
