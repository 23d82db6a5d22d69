"""The tests' own contract in a process of its own, as `python -m chaincode` runs the real one."""

import logging
import os

import uvloop

from chaincode.shim import Config, configure_logs, serve
from tests.chaincode.shim.contracts import Contract

if __name__ == "__main__":
    configure_logs(level=logging.INFO)
    uvloop.run(serve(Contract(), Config.from_environment(os.environ)))
