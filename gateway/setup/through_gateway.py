"""To the ledger by way of a gateway that serves: commands as everybody sends them."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chaincode.base.canonical import Json
from gateway.device.client import as_json
from gateway.ledgers.admin_socket import ServedLedger
from gateway.ledgers.port import LedgerRefusedError, LedgerUnavailableError, Receipt
from gateway.setup.ledger_view import Door, State

if TYPE_CHECKING:
    import httpx2

WAIT_S: Final = 20  # in one request
PATIENCE_S: Final = 600  # for one transaction's commands, with a gateway that is busy
PAUSE_S_MAX: Final = 60
TOO_MUCH: Final = frozenset({413, 429})
FINAL: Final = frozenset({"accepted", "rejected", "dropped"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ThroughGateway:
    """Sends commands to `POST /api/commands`; state comes from the ledger itself.

    Attributes:
        http: A client of the gateway; whoever opened it closes it.
        state: Asked for records.
    """

    http: "httpx2.AsyncClient"
    state: State

    async def query(self, keys: Sequence[str]) -> dict[str, Json]:
        """Return the current state of each key; absent: null."""
        return await self.state.query(keys)

    async def submit(self, commands: Sequence[bytes], *, at: int | None = None) -> Receipt:
        """Send commands and wait until the answer to each is final.

        A gateway that is busy, or that has answered this address enough, is asked again when it
        says; what was taken already is not taken twice.

        Raises:
            LedgerUnavailableError: The gateway can't be reached, or is busy for too long.
            LedgerRefusedError: It refuses the request.
        """
        if at is not None:
            raise LedgerRefusedError("a gateway keeps its own time: no other can be asked for")
        answers = await self._send([as_json(wire) for wire in commands])
        return Receipt(
            tx_id="",
            block_number=max(one.get("block", -1) for one in answers),
            time=0,
            results=tuple({"code": one["code"]} for one in answers),
        )

    async def _send(self, commands: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
        """Return the final answer to each; what is too much at a time is sent by halves."""
        until = time.monotonic() + PATIENCE_S
        while True:
            status, answers, pause_s = await self._post({"commands": list(commands)})
            if answers and all(one["status"] in FINAL for one in answers):
                return answers
            if status in TOO_MUCH and len(commands) > 1:
                half = len(commands) // 2
                return [*await self._send(commands[:half]), *await self._send(commands[half:])]
            if time.monotonic() + pause_s > until:
                raise LedgerUnavailableError(
                    f"{self.http.base_url} has been busy for {PATIENCE_S} s: apply again later"
                )
            await asyncio.sleep(pause_s)

    async def _post(self, body: dict[str, Any]) -> tuple[int, list[dict[str, Any]], int]:
        """Return the status, the answers, and when to ask again, in seconds.

        There are no answers where the gateway has no room.
        """
        import httpx2  # noqa: PLC0415 - for those who ask a gateway, not for those who run one

        try:
            response = await self.http.post(
                "/api/commands", json=body, headers={"Prefer": f"wait={WAIT_S}"}
            )
        except httpx2.HTTPError as error:
            raise LedgerUnavailableError(
                f"{self.http.base_url} can't be reached: {error}"
            ) from None
        pause_s = min(int(response.headers.get("Retry-After", "1")), PAUSE_S_MAX)
        is_single = len(body["commands"]) == 1
        if response.status_code in {429, 503} or (response.status_code == 413 and not is_single):
            return response.status_code, [], pause_s
        said = response.json()
        if response.status_code >= 400:
            raise LedgerRefusedError(f"{said['title']} [{said['code']}] {said.get('detail', '')}")
        answers: list[dict[str, Any]] = said["commands"]
        return response.status_code, answers, pause_s


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSocket:
    """Submits bootstraps as an organisation's admin, at the socket of a served ledger."""

    served: ServedLedger
    msp: str

    async def query(self, keys: Sequence[str]) -> dict[str, Json]:
        """Return the current state of each key; absent: null."""
        return await self.served.query(keys)

    async def submit(self, commands: Sequence[bytes], *, at: int | None = None) -> Receipt:
        """Submit one bootstrap."""
        (jws,) = commands
        if at is not None:
            raise LedgerRefusedError("a served ledger keeps its own time")
        return await self.served.bootstrap(jws, msp=self.msp)


def admins(served: ServedLedger) -> dict[str, Door]:
    """Return the ways in as each organisation's admin."""
    return {msp: AtSocket(served=served, msp=msp) for msp in served.organisations}
