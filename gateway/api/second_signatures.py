"""Who may give a second signature, in words: what every answer about a proposal says."""

import time
from typing import Any, Final

from chaincode.base import times
from chaincode.command_types import CommandType
from chaincode.registry.records import Grant
from gateway.lookups.people import Founding
from gateway.lookups.proposals import Proposed, approving_roles
from gateway.town.vocabulary import ROLES
from gateway.words.language import Language

Answer = dict[str, Any]

PROPOSED: Final = "proposed"  # the contract's flag on what waits for its second signature

_WORDS: Final[dict[str, dict[Language, str]]] = {
    "person": {
        "ja": "もう一人の署名を待っています：{organisations}の{roles}（最初の署名とは別の人）",
        "en": "waits for a second signature of {roles} at {organisations}, another person",
    },
    "organisation": {
        "ja": "もう一つの組織の署名を待っています：{organisations}の{roles}",
        "en": "waits for a second signature of {roles} at another organisation: {organisations}",
    },
    "sides": {
        "ja": "荷の相手方の署名を待っています",
        "en": "waits for a second signature of the other side of the shipment",
    },
    "witness": {
        "ja": "立会人の署名を待っています：{organisations}の{roles}（この農園の人を除く）",
        "en": "waits for a second signature of {roles} at {organisations}, nobody of that farm",
    },
}
_OR: Final[dict[Language, str]] = {"ja": "または", "en": " or "}


def awaits(kind: CommandType, founding: Founding, organisation: str, language: Language) -> Answer:
    """Return who may be the second signer.

    Args:
        kind: The proposed command's type, of two signers.
        founding: Which organisations there are, which roles each grants, and which are suspended.
        organisation: The first signer's.
        language: Of `text`.
    """
    roles = approving_roles(kind)
    head, constitution = founding
    today = times.local_date(int(time.time()), head.utc_offset_minutes)
    grants = tuple(Grant(role=role, since=today) for role in sorted(roles))
    organisations = [
        one
        for one in constitution.organisations
        if head.held(one.id, grants, today).roles
        and not (kind.independent == "organisation" and one.id == organisation)
    ]
    named = _OR[language].join(_role(role, language) for role in sorted(roles))
    titles = _OR[language].join(one.title for one in organisations)
    return {
        "roles": sorted(roles),
        "organisations": [one.id for one in organisations],
        "text": _WORDS[_how(kind)][language].format(roles=named, organisations=titles),
    }


def awaits_of(one: Proposed, founding: Founding, language: Language) -> Answer:
    """Return who may be the second signer of a proposal on record."""
    return awaits(one.kind, founding, one.organisation, language)


def _how(kind: CommandType) -> str:
    if kind.witnesses:
        return "witness"
    if kind.closed is not None:
        return "sides"
    return kind.independent


def _role(role: str, language: Language) -> str:
    if language == "ja":
        return ROLES.get(role, role)
    article = "an" if role[0] in "aeiou" else "a"
    return f"{article} {role.replace('-', ' ')}"
