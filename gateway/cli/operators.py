"""The commands of operators: `minori serve`, `minori demo`, `minori rebuild`."""

import asyncio
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from gateway.cli import telling
from gateway.cli.app import app
from gateway.running import collector

DEMO_DAYS = 120
DEMO_FOLDER = Path("var/demo")

Port = Annotated[int, typer.Option(envvar="PORT", min=0, max=65_535, help="Port to listen on.")]


@app.command()
def serve() -> None:
    """Run a gateway, set up by environment variables beginning with `MINORI_` (see README).

    Without any: an embedded ledger under `var/`, on port 8000.
    """
    serving = _serving()
    with telling.told():
        serving.run(serving.Settings())


@app.command()
def demo(
    port: Port = 8080,
    folder: Annotated[
        Path, typer.Option("--directory", "-d", help="Holds the demo; remove it to start anew.")
    ] = DEMO_FOLDER,
    days: Annotated[
        int, typer.Option(min=1, max=700, help="How many days of past a new demo gets.")
    ] = DEMO_DAYS,
) -> None:
    """Serve a demo town on this computer: an embedded ledger with a few months of records.

    Everybody's keys are in the folder `keys`: try `minori query lots --key var/demo/keys/….json`.
    """
    serving = _serving()
    with telling.told():
        serving.run_demo(folder, port=port, days=days)


@app.command()
def rebuild() -> None:
    """Throw the projection's tables away and build them again from block 0, with the same result.

    Stop the gateway first. Set up by the same environment variables as `minori serve`.
    """
    serving = _serving()
    with telling.told():
        asyncio.run(serving.rebuild(serving.Settings()))


def _serving() -> ModuleType:
    """Import the gateway only for those who run one: `minori submit` starts three times as fast."""
    with collector.paused():
        from gateway.running import serving  # noqa: PLC0415
    return serving
