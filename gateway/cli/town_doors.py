"""The ways of `minori town` to a ledger: directly, or by a gateway that has it open."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.said import WORDS
from gateway.ledgers.embedded import EmbeddedLedger, LedgerInUseError
from gateway.setup.ledger_view import Door, Doors
from gateway.setup.sheets import Book
from gateway.words import SaidError, speaking

if TYPE_CHECKING:
    from gateway.ledgers.admin_socket import ServedLedger
    from gateway.settings import LedgerSettings


@contextlib.asynccontextmanager
async def doors(
    settings: "LedgerSettings",
    book: Book,
    profiles: Sequence[Path] = (),
    *,
    gateway: str = "",
    is_new: bool,
) -> AsyncIterator[Doors | None]:
    """Open the ledger that the settings name, and close it.

    Args:
        settings: Which ledger.
        book: Whose organisations a new ledger gets.
        profiles: Of the organisations whose admin is here, on Fabric.
        gateway: Where commands are sent; by default the gateway that has an embedded ledger open,
            and straight to the ledger where there is none.
        is_new: Whether an embedded ledger is made if there is none. If not, and where another
            program has it open that can't be asked, there are no doors: `None`.

    Raises:
        SaidError: The ledger can't become this town's.
        LedgerError: It can't be opened.
    """
    from gateway.settings import LedgerKind  # noqa: PLC0415 - for those who have none yet

    async with contextlib.AsyncExitStack() as stack:
        if settings.kind is LedgerKind.FABRIC:
            assert settings.profile is not None  # noqa: S101 - the settings have checked it
            yield await _on_fabric(settings.profile, profiles, gateway, stack)
        elif is_new or settings.path.exists():
            yield await _embedded(settings.path, book, gateway, stack, is_needed=is_new)
        else:
            yield None


async def _on_fabric(
    own: Path, profiles: Sequence[Path], gateway: str, stack: contextlib.AsyncExitStack
) -> Doors:
    from gateway.fabric.profile import ConnectionProfile  # noqa: PLC0415 - of Fabric alone
    from gateway.ledgers.on_fabric import FabricLedger, opening  # noqa: PLC0415 - as above

    with opening():
        ledger = FabricLedger.from_profile(ConnectionProfile.load(own))
    stack.push_async_callback(ledger.close)
    admins: dict[str, Door] = {}
    for path in profiles:
        with opening():
            profile = ConnectionProfile.load(path)
            admin = FabricLedger.from_profile(profile, identity="admin")
        stack.push_async_callback(admin.close)
        admins[profile.msp_id] = admin
    if gateway:
        return Doors(ledger=await _through(gateway, ledger, stack), admins=admins)
    return Doors(ledger=ledger, admins=admins)


async def _embedded(
    path: Path, book: Book, gateway: str, stack: contextlib.AsyncExitStack, *, is_needed: bool
) -> Doors | None:
    from chaincode.contract import MinoriContract  # noqa: PLC0415 - where none is served

    is_there = path.exists()  # noqa: ASYNC240 - nobody else waits
    working = [row.msp for row in book.organisations if row.kind != "auditor"]
    if gateway:
        return await _served(path, working, gateway, stack, is_needed=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        ledger = await EmbeddedLedger.open(
            path, contract=MinoriContract(), organisations=None if is_there else working or None
        )
    except LedgerInUseError:
        return await _served(path, working, gateway, stack, is_needed=is_needed)
    stack.push_async_callback(ledger.close)
    admins = {msp: ledger.as_identity("admin", organisation=msp) for msp in ledger.organisations}
    found = Doors(ledger=ledger, admins=dict(admins))
    await _check_organisations(path, found, working)
    return found


async def _served(
    path: Path,
    working: Sequence[str],
    gateway: str,
    stack: contextlib.AsyncExitStack,
    *,
    is_needed: bool,
) -> Doors | None:
    """Return the ways to a ledger that another process has open."""
    from gateway.ledgers.admin_socket import ServedLedger  # noqa: PLC0415 - where one is served
    from gateway.setup import through_gateway  # noqa: PLC0415 - as above

    served = await ServedLedger.find(path)
    if served is None:
        if is_needed:
            raise SaidError(WORDS["town.not_served" if gateway else "town.closed"], path=path)
        speaking.say(WORDS["town.in_use"], is_aside=True)
        return None
    address = gateway or served.gateway
    speaking.say(WORDS["town.served"], is_aside=True, gateway=address, pid=served.pid)
    found = Doors(
        ledger=await _through(address, served, stack),
        admins=through_gateway.admins(served),
    )
    await _check_organisations(path, found, working)
    return found


async def _through(
    gateway: str, state: "ServedLedger | Door", stack: contextlib.AsyncExitStack
) -> Door:
    import httpx2  # noqa: PLC0415 - for those who ask a gateway

    from gateway.device.loopback import NAMES, AsyncLoopbackTransport  # noqa: PLC0415 - as above
    from gateway.setup.through_gateway import WAIT_S, ThroughGateway  # noqa: PLC0415 - as above

    http = httpx2.AsyncClient(
        base_url=gateway,
        timeout=WAIT_S + 10,
        headers={"Accept-Language": speaking.language()},
        mounts={NAMES: AsyncLoopbackTransport()},
    )
    await stack.enter_async_context(http)
    return ThroughGateway(http=http, state=state)


async def _check_organisations(path: Path, found: Doors, working: Sequence[str]) -> None:
    """Check that a ledger that is not founded yet has the workbook's organisations."""
    from chaincode.registry.records import HEAD  # noqa: PLC0415 - quick commands do without

    lacking = [msp for msp in working if msp not in found.admins]
    if not lacking or (await found.ledger.query([HEAD]))[HEAD] is not None:
        return
    raise SaidError(
        WORDS["town.other_organisations"],
        path=path,
        there=", ".join(found.admins),
        wanted=", ".join(working),
    )
