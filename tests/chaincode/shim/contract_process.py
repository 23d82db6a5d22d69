"""The tests' own contract in a process of its own, as `python -m chaincode` runs the real one."""

import asyncio
import logging
import os

from chaincode.shim import Config, configure_logs, serve
from tests.chaincode.shim.contracts import Contract

if __name__ == "__main__":
    configure_logs(level=logging.INFO)
    asyncio.run(serve(Contract(), Config.from_environment(os.environ)))
