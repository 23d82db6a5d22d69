"""The plain contract on our shim, run as `python -m chaincode` runs the real one."""

import os

import uvloop

from chaincode.shim import Config, serve
from tests.network.plain_contract import PlainContract

if __name__ == "__main__":
    uvloop.run(serve(PlainContract(), Config.from_environment(os.environ)))
