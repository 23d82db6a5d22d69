"""A gateway that dies, as by SIGKILL, right after a stage of a transaction, when told by a file.

The file is named by MORTAL_GATEWAY_ORDERS; its content is the stage: `endorse`, `submit` or
`commit_status`.
"""

import os
import signal
from pathlib import Path

from gateway.fabric.outcome import Stage
from gateway.fabric.profile import ConnectionProfile
from gateway.ledgers.on_fabric import FabricLedger
from gateway.ledgers.port import Ledger
from gateway.running.serving import run
from gateway.settings import Settings


async def obey(stage: Stage, _tx_id: str) -> None:
    orders = Path(os.environ["MORTAL_GATEWAY_ORDERS"])
    if orders.exists() and orders.read_text() == stage.name.lower():
        orders.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


async def open_ledger(settings: Settings) -> Ledger:
    return FabricLedger.from_profile(ConnectionProfile.load(settings.ledger.profile), on_stage=obey)


if __name__ == "__main__":
    run(Settings(), ledger=open_ledger)
