"""For whoever runs this gateway: is it well, and what is it doing."""

from typing import Any, Final

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chaincode.base.canonical import Json
from gateway.api import schemas
from gateway.http.documented import responses
from gateway.http.errors import ProblemError
from gateway.http.readers import GatewayDep
from gateway.words.codes import GatewayCode

router = APIRouter(tags=["operation"])

LAG_BLOCKS_MAX: Final = 100  # tables further behind than this make the gateway not ready
RETRY_AFTER_S: Final = 5
NEEDED: Final = ("outbox", "projection", "sessions")  # counts of scans can be lost


def _without_limit(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the error responses of a route that is never limited."""
    return {status: one for status, one in responses(*statuses).items() if status != 429}


@router.get(
    "/health",
    operation_id="read_health",
    summary="Whether this gateway is alive, and ready",
    response_model=schemas.HealthAnswer,
    responses=_without_limit(503),
)
async def read_health(gateway: GatewayDep) -> Any:  # noqa: ANN401 - the model decides
    """Return 200 when ready; when alive only, 503 with the same facts as `health`.

    `storage` says of each file whether the last write to it succeeded. One that failed is tried
    again until there is room; `ordering` is false while commands wait and the ledger takes none;
    `rules_missing`, while this gateway's program, or the contract process beside its peer, is older
    than the rules in force: bring the newer one.
    """
    height = await gateway.height.ask()
    shown = gateway.follower.height
    lag = None if height is None else max(0, height - shown)
    is_following = not gateway.follower.fault and (lag is None or lag <= LAG_BLOCKS_MAX)
    storage: dict[str, Json] = {one.name: one.is_writable for one in gateway.storage}
    is_ordering = not gateway.intake.is_held_up
    is_taking = gateway.intake.is_running and storage["outbox"]
    lacks_rules = gateway.intake.lacks_rules
    is_ready = (
        height is not None
        and not lacks_rules
        and is_ordering
        and is_following
        and is_taking
        and all(storage[name] for name in NEEDED)
    )
    health: dict[str, Json] = {
        "ready": is_ready,
        "ledger": {
            "kind": gateway.settings.ledger.kind.value,
            "reachable": height is not None,
            "height": height,
            "ordering": is_ordering,
            "rules_missing": lacks_rules,
        },
        "projection": {"height": shown, "lag": lag, "following": is_following},
        "outbox": {"taking": is_taking, "waiting": gateway.intake.waiting_count},
        "storage": storage,
    }
    if not is_ready:
        raise ProblemError(
            GatewayCode.NOT_READY, retry_after_s=RETRY_AFTER_S, extension={"health": health}
        )
    return health


@router.get(
    "/metrics",
    operation_id="read_metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **_without_limit(),
    },
)
async def read_metrics() -> Response:
    """Return all metrics in Prometheus' text format."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
