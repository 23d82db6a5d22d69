"""Flags of plausibility as answers, for inspectors and for those whose entries they are about."""

from typing import Any

from chaincode.base import times
from chaincode.lots.harvest import INSPECTOR
from gateway.answers import visibility
from gateway.answers.visibility import Role, Viewer, cut, offices
from gateway.http.gateway import Gateway
from gateway.lookups.evidence import Ground
from gateway.plausibility import Flag, text_of
from gateway.town.names import Names
from gateway.words.language import Language


def party_shown(viewer: Viewer) -> str | None:
    """Return whose flags a reader may see: the own party's; `None` for everyone's."""
    return None if INSPECTOR in viewer.roles else viewer.party


def ground_of(gateway: Gateway) -> Ground:
    """Return what this gateway knows off the ledger."""
    return Ground(
        areas=gateway.areas.current,
        catalogue=gateway.catalogue,
        known=gateway.names.known(),
        scans=gateway.scans,
    )


class FlagRecords:
    """Writes flags in one language, for one reader."""

    def __init__(self, names: Names, language: Language, viewer: Viewer) -> None:
        self._names = names
        self._language = language
        self._viewer = viewer

    def flag(self, flag: Flag) -> dict[str, Any]:
        """Return a flag; nothing is left of it for anyone else."""
        named = self._names.of_figures(flag.figures, self._language)
        record = {
            "code": flag.code,
            "text": text_of(flag, self._language, named),
            "subject": flag.subject,
            "party": flag.party,
            "party_name": self._names.party(flag.party, self._language),
            "entry": flag.entry,
            "at": times.timestamp(flag.at),
            "figures": dict(flag.figures),
        }
        roles = offices(self._viewer)
        if flag.party == self._viewer.party:
            roles.add(Role.PARTY)
        return cut(visibility.FLAG, record, roles)
