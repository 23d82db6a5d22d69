"""What the ledger is, and what can be said to it."""

import time
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from chaincode.base import shapes
from chaincode.base.envelope import FIRST_PREVIOUS
from gateway.api import schemas
from gateway.http.documented import responses
from gateway.http.readers import DatabaseDep, GatewayDep, LanguageDep
from gateway.lookups.organisations import together
from gateway.settings import LedgerKind
from gateway.town.catalogue import CatalogueFile
from gateway.words.language import Language

router = APIRouter(tags=["about"])

KEPT_BY = {
    LedgerKind.EMBEDDED: {
        "ja": "この記録は、運営者1者が保管しています。",
        "en": "One operator keeps this record.",
    },
    LedgerKind.FABRIC: {
        "ja": "この記録は、複数の団体がそれぞれの計算機で保管し、互いに確かめ合っています。",
        "en": "Several organisations keep this record, each on its own machine.",
    },
}


def kept_by(kind: LedgerKind, language: Language) -> str:
    """Return who keeps the record, as a sentence."""
    return KEPT_BY[kind][language]


@router.get(
    "/ledger",
    operation_id="read_ledger",
    summary="The ledger: who founded it, who keeps it, how far it is",
    response_model=schemas.LedgerAnswer,
    responses=responses(422, 503),
)
async def read_ledger(gateway: GatewayDep, database: DatabaseDep, language: LanguageDep) -> Any:  # noqa: ANN401 - the model decides
    """Return public facts; `id` stands in every command for this ledger."""
    now = int(time.time())
    found = await database.read(together, now)
    head, constitution = found.founding if found else (None, None)
    kind = gateway.settings.ledger.kind
    return {
        "id": head.ledger if head else None,
        "kind": kind.value,
        "kept_by": kept_by(kind, language),
        "demo": head.demo if head else False,
        "height": gateway.follower.height,
        "rules": head.rules if head else None,
        "epoch": head.epoch if head else None,
        "constitution": shapes.write(constitution) if constitution else None,
        "suspensions": [asdict(one) for one in found.suspensions] if found else [],
        "successions": [asdict(one) for one in found.successions] if found else [],
        "audience": gateway.settings.base_url,
        "first_prev": FIRST_PREVIOUS,
    }


@router.get(
    "/catalogue",
    operation_id="read_catalogue",
    summary="What the town publishes: crops, packing specs, inputs, norms, grades",
    response_model=CatalogueFile,
    responses=responses(),
)
async def read_catalogue(gateway: GatewayDep) -> Any:  # noqa: ANN401 - the model decides
    """Return it in both languages, with the dates from which each entry holds.

    A device keeps it, to turn bundles and bags into grams where there is no signal. Crops and
    classes are all that have a name, also those that the office has not published itself.
    """
    return gateway.names.known()


@router.get(
    "/command-types",
    operation_id="list_command_types",
    summary="Every type of command, with the JSON Schema of its parts",
    response_model=schemas.CommandTypesAnswer,
    responses=responses(503),
)
async def list_command_types(gateway: GatewayDep) -> Any:  # noqa: ANN401 - the model decides
    """Return what a form needs to know to build a command, by the rules in force."""
    types = await gateway.intake.types_in_force()
    return {
        "types": [
            {
                "name": name,
                "body": shapes.schema(kind.body),
                "closed": shapes.schema(kind.closed) if kind.closed else None,
                "roles": sorted(kind.roles),
                "signers": kind.signers,
                "independent": kind.independent,
                "proof": kind.proof,
                "delegable": kind.is_delegable,
            }
            for name, kind in sorted(types.items())
        ]
    }
