"""One gateway: its ledger, its tables, its queue, its sessions, started and stopped together.

async with open_gateway(settings) as gateway:
    app = create_app(gateway)          # gateway.api.app
"""

import contextlib
from collections.abc import AsyncIterator

from gateway.http.gateway import Gateway
from gateway.intake import Intake, IntakeSettings, Outbox, Projected
from gateway.ledgers.port import Ledger
from gateway.ledgers.shared_height import SharedHeight
from gateway.plausibility.scans import Scans
from gateway.projection import Follower, Projection
from gateway.sessions import Sessions
from gateway.settings import LedgerKind, Settings
from gateway.storage import keeping
from gateway.town.areas import Areas
from gateway.town.catalogue import Catalogue
from gateway.town.explanations import Explanations
from gateway.town.names import Names
from gateway.town.office_codes import OfficeCodes
from gateway.town.other_crops import OtherCrops


@contextlib.asynccontextmanager
async def open_gateway(
    settings: Settings, *, ledger: Ledger | None = None
) -> AsyncIterator[Gateway]:
    """Start a gateway, and stop it in the reverse order.

    Args:
        settings: All of them.
        ledger: An open ledger, which stays open; by default the one that the settings name.

    Raises:
        LedgerError: The ledger can't be opened.
        OutboxError: The outbox can't be opened.
        ProjectionInUseError: Its tables are being rebuilt.
        sqlalchemy.exc.SQLAlchemyError: The database can't be opened.
    """
    async with contextlib.AsyncExitStack() as stack:
        if ledger is None:
            ledger = await open_ledger(settings)
            stack.push_async_callback(ledger.close)
        projection = await Projection.open(settings.database_url)
        stack.push_async_callback(projection.close)
        sessions = await Sessions.open(settings.sessions, audiences=settings.origins)
        stack.push_async_callback(sessions.close)
        outbox = await Outbox.open(settings.outbox_path)
        stack.push_async_callback(outbox.close)
        follower, intake = await stack.enter_async_context(
            _following(settings, ledger, projection, outbox)
        )
        catalogue = Catalogue(settings.site.catalogue_path)
        scans = Scans(settings.scans_path)
        probes = {
            outbox.keeping: outbox.probe,
            sessions.store.keeping: sessions.store.probe,
            scans.keeping: scans.probe,
        }
        await stack.enter_async_context(keeping.retrying(probes))
        yield Gateway(
            settings=settings,
            ledger=ledger,
            height=SharedHeight(
                ledger,
                kept_s=settings.limits.height_kept_s,
                patience_s=settings.limits.height_wait_s,
            ),
            projection=projection,
            follower=follower,
            intake=intake,
            sessions=sessions,
            names=Names(
                settings.site.names_path,
                catalogue,
                OfficeCodes(settings.site.office_codes_path),
                OtherCrops(settings.other_crops_path),
            ),
            catalogue=catalogue,
            areas=Areas(settings.site.areas_path),
            explanations=Explanations(settings.site.explanations_path),
            scans=scans,
            storage=(*probes, projection.keeping),  # which the follower itself tries again
        )


@contextlib.asynccontextmanager
async def _following(
    settings: Settings, ledger: Ledger, projection: Projection, outbox: Outbox
) -> AsyncIterator[tuple[Follower, Intake]]:
    """Let commands go to the ledger, and its blocks come back into the tables."""
    async with contextlib.AsyncExitStack() as stack:
        known = Projected(
            projection,
            ledger,
            unknown_keys_max=settings.limits.unknown_keys_max,
            unknown_key_s=settings.limits.unknown_key_s,
        )
        intake = Intake(
            ledger=ledger,
            outbox=outbox,
            devices=known,
            record=known,
            settings=IntakeSettings.of(settings.limits),
        )
        follower = Follower(ledger, projection)
        follower.listeners.append(intake.notice)
        stack.push_async_callback(follower.stop)  # it may have to let go of a lock
        await follower.start()
        await intake.start()
        stack.push_async_callback(intake.stop)
        yield follower, intake


async def open_ledger(settings: Settings) -> Ledger:
    """Open the ledger that the settings name, importing no other; close it.

    Raises:
        LedgerError: It can't be opened.
    """
    if settings.ledger.kind is LedgerKind.EMBEDDED:
        from chaincode.contract import MinoriContract  # noqa: PLC0415
        from gateway.ledgers.embedded import EmbeddedLedger  # noqa: PLC0415

        return await EmbeddedLedger.open(
            settings.ledger.path,
            contract=MinoriContract(),
            organisation=settings.ledger.organisation,
        )
    from gateway.fabric.profile import ConnectionProfile  # noqa: PLC0415
    from gateway.ledgers.on_fabric import FabricLedger, opening  # noqa: PLC0415

    assert settings.ledger.profile is not None  # noqa: S101 - the settings have checked it
    with opening():
        return FabricLedger.from_profile(ConnectionProfile.load(settings.ledger.profile))
