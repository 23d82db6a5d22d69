"""The contract with two bugs in it, for tests.

A harvest of `FAULTY` raises inside its rule: the contract answers for that command alone. A harvest
of `POISON` breaks the whole transaction, as a bug outside the rules would: the contract raises
before it looks at anything, so all that the gateway hears is that one of these commands did it.
"""

import os
import sys
from dataclasses import replace

import uvloop

from chaincode.base import envelope
from chaincode.contract import MinoriContract
from chaincode.rules import FIRST, RULES, Rules
from chaincode.shim import Config, serve

FAULTY = "faulty"
POISON = "poison"


class PoisonedContract(MinoriContract):
    async def invoke(self, stub, function, args):
        if function == "submit" and any(envelope.parse(w).body.get("crop") == POISON for w in args):
            raise ZeroDivisionError(POISON)
        return await super().invoke(stub, function, args)


def with_faulty_rule():
    """Return the first rules with a bug in one type."""
    rules = RULES[FIRST]
    kind = rules.types["lot.harvest"]

    def apply(act, body, closed):
        kind.apply(act, body, closed)
        if body.crop == FAULTY:
            raise ZeroDivisionError(body.crop)

    lots = [
        replace(one, apply=apply) if one.name == kind.name else one
        for one in rules.families["lots"]
    ]
    return {FIRST: Rules({**rules.families, "lots": lots})}


if __name__ == "__main__":
    contract = PoisonedContract(with_faulty_rule())
    uvloop.run(serve(contract, Config.from_environment(os.environ)))
    sys.exit(0)
