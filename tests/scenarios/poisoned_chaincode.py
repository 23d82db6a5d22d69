"""The contract with a bug in it: a harvest of `poison` raises inside its rule. For tests."""

import os
import sys
from dataclasses import replace

import uvloop

from chaincode import commands
from chaincode.contract import MinoriContract
from chaincode.shim import Config, serve

POISON = "poison"


def with_bug():
    kind = commands.TYPES["lot.harvest"]

    def apply(act, body, closed):
        kind.apply(act, body, closed)
        if body.crop == POISON:
            raise ZeroDivisionError(body.crop)

    commands.TYPES["lot.harvest"] = replace(kind, apply=apply)


if __name__ == "__main__":
    with_bug()
    uvloop.run(serve(MinoriContract(), Config.from_environment(os.environ)))
    sys.exit(0)
