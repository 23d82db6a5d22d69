"""Run a gateway until told to stop, make and serve the demo, rebuild the projection."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import typer
import uvicorn
import uvloop
from starlette.types import ASGIApp

from gateway.device import keyring
from gateway.http.connections import bounded
from gateway.http.gateway import Gateway
from gateway.ledgers.port import Ledger, LedgerError
from gateway.projection import Projection
from gateway.projection import rebuild as rebuild_projection
from gateway.running import collector
from gateway.running.app import create_app
from gateway.running.logs import configure_logs
from gateway.running.node import open_gateway, open_ledger
from gateway.running.said import WORDS
from gateway.settings import LedgerKind, ListenSettings, Settings
from gateway.setup.places import (
    AREAS_FILE,
    CATALOGUE_FILE,
    EXPLANATIONS_FILE,
    KEYS_FOLDER,
    LEDGER_FILE,
    NAMES_FILE,
    OFFICE_CODES_FILE,
)
from gateway.words import SaidError, speaking

STOP_PATIENCE_S = 10

LedgerFactory: TypeAlias = Callable[[Settings], Awaitable[Ledger]]


def run_demo(folder: Path, *, port: int, days: int) -> None:
    """Make the demo's files unless they are there, and serve them until told to stop."""
    url = f"http://127.0.0.1:{port}"
    if not folder.exists():
        from gateway.demo.build import build  # noqa: PLC0415 - once, and it takes much along

        asyncio.run(build(folder, gateway=url, days=days, progress=_Progress()))
    keyring.move(folder / KEYS_FOLDER, gateway=url)
    speaking.say(WORDS["serving.demo"], url=url)
    speaking.say(WORDS["serving.keys"], folder=folder)
    run(demo_settings(folder, port))


def run(settings: Settings, *, ledger: LedgerFactory | None = None) -> None:
    """Serve until told to stop.

    Args:
        settings: All of them.
        ledger: Opens another ledger than the settings would.
    """
    configure_logs(settings.log_level)
    with (
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        contextlib.suppress(asyncio.CancelledError),  # told to stop before it served
    ):
        runner.run(_serve(settings, ledger))


class Server(uvicorn.Server):
    """A server that leaves signals to whoever serves it.

    uvicorn's own raises again what it caught, as soon as it has ended: SIGTERM would then end the
    process before the gateway behind it has stopped.
    """

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def _serve(settings: Settings, open_other: LedgerFactory | None) -> None:
    """Serve until SIGTERM or SIGINT, then close what was opened, in order."""
    with _stoppable() as stops:
        async with contextlib.AsyncExitStack() as stack:
            other = None if open_other is None else await open_other(settings)
            if other is not None:
                stack.push_async_callback(other.close)
            gateway = await stack.enter_async_context(open_gateway(settings, ledger=other))
            with collector.paused():
                app = create_app(gateway)
            server = make_server(app, settings)
            if other is None and settings.ledger.kind is LedgerKind.EMBEDDED:
                await stack.enter_async_context(_at_socket(gateway, server))
            stops.append(server)
            await _check_address(settings.listen)
            await server.serve()


async def _check_address(listen: ListenSettings) -> None:
    """Check that the server may listen: it would tell of it in English alone.

    Raises:
        SaidError: It may not.
    """
    loop = asyncio.get_running_loop()
    try:
        probe = await loop.create_server(asyncio.Protocol, host=listen.host, port=listen.port)
    except OSError as error:
        raise SaidError(
            WORDS["serving.no_address"], host=listen.host, port=listen.port, what=error
        ) from None
    probe.close()
    await probe.wait_closed()


@contextlib.asynccontextmanager
async def _at_socket(gateway: Gateway, server: Server) -> AsyncIterator[None]:
    """Let the ledger's owner reach it while it is served; imports no other ledger's code."""
    from gateway.ledgers.admin_socket import answering  # noqa: PLC0415
    from gateway.ledgers.embedded import EmbeddedLedger  # noqa: PLC0415

    settings = gateway.settings
    assert isinstance(gateway.ledger, EmbeddedLedger)  # noqa: S101 - the settings say so
    async with answering(
        gateway.ledger, settings.ledger.path, gateway=lambda: _address(server, settings)
    ):
        yield


def _address(server: Server, settings: Settings) -> str:
    """Return where this machine reaches a server, whatever readers call it."""
    listening = [one for part in getattr(server, "servers", ()) for one in part.sockets]
    port = listening[0].getsockname()[1] if listening else settings.listen.port
    site = settings.site.model_copy(update={"public_url": None})
    listen = settings.listen.model_copy(update={"port": port})
    return settings.model_copy(update={"site": site, "listen": listen}).base_url


def make_server(app: ASGIApp, settings: Settings) -> Server:
    """Return a server of an application, as the settings have it; whoever serves it stops it."""
    config = uvicorn.Config(
        app,
        http=bounded(settings.limits),
        ws="none",
        lifespan="off",
        host=settings.listen.host,
        port=settings.listen.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.listen.trusted_proxies),
        forwarded_allow_ips=settings.listen.trusted_proxies,
        timeout_graceful_shutdown=STOP_PATIENCE_S,
    )
    return Server(config)


@contextlib.contextmanager
def _stoppable() -> Iterator[list[Server]]:
    """Let SIGTERM and SIGINT stop the server in the list, or while there is none, this task.

    Only the first cancels the task, so that none cuts the closing short.
    """
    servers: list[Server] = []
    told: list[signal.Signals] = []
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None  # noqa: S101 - whoever runs is a task

    def stop(number: signal.Signals) -> None:
        for server in servers:
            server.handle_exit(number, None)
        if not servers and not told:
            task.cancel()
        told.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    try:
        yield servers
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def demo_settings(folder: Path, port: int) -> Settings:
    """Return the settings of a gateway whose files are all in the demo's folder."""
    base = Settings()
    changes = {
        "ledger": base.ledger.model_copy(
            update={"kind": LedgerKind.EMBEDDED, "path": folder / LEDGER_FILE}
        ),
        "database_url": f"sqlite:///{folder}/projection.sqlite",
        "outbox_path": folder / "outbox.sqlite",
        "scans_path": folder / "scans.sqlite",
        "other_crops_path": folder / "other-crops.sqlite",
        "sessions": base.sessions.model_copy(update={"path": folder / "sessions.sqlite"}),
        "site": base.site.model_copy(
            update={
                "names_path": folder / NAMES_FILE,
                "catalogue_path": folder / CATALOGUE_FILE,
                "areas_path": folder / AREAS_FILE,
                "office_codes_path": folder / OFFICE_CODES_FILE,
                "explanations_path": folder / EXPLANATIONS_FILE,
            }
        ),
        "listen": ListenSettings(host="127.0.0.1", port=port),
    }
    return base.model_copy(update=changes)


async def rebuild(settings: Settings) -> None:
    """Throw the projection's tables away and build them again from block 0; say what came of it.

    Raises:
        LedgerError: There is no ledger: opening an embedded one would found it.
    """
    if settings.ledger.kind is LedgerKind.EMBEDDED and not settings.ledger.path.exists():
        raise LedgerError(f"no ledger at {settings.ledger.path}: MINORI_LEDGER__PATH names another")
    start = time.monotonic()
    projection = await Projection.open(settings.database_url)
    ledger = await open_ledger(settings)
    try:
        height = await ledger.height()
        before = await projection.content_digest()
        speaking.say(WORDS["serving.rebuilding"], height=height)
        await rebuild_projection(projection, ledger)
        after = await projection.content_digest()
    finally:
        await ledger.close()
        await projection.close()
    verdict = WORDS["serving.unchanged" if after == before else "serving.changed"]
    speaking.say(
        WORDS["serving.content"],
        digest=after,
        verdict=verdict.say(speaking.language(), before=before),
        seconds=time.monotonic() - start,
    )


class _Progress:
    """Prints what is being done and how long it has been, to standard error."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, text: str) -> None:
        typer.echo(f"{time.monotonic() - self._start:6.1f} s  {text}", err=True)
