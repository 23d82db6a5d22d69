"""Lots: what was harvested, who holds how much of it for whom, and how it leaves.

`records` is the state and the law of conservation that binds it. The commands:

    harvest       how grams come into being         handover     ship, receive, return, settle
    consignment   a shop holds a farmer's goods     outflow      sell, discard, own use
    making        merge, repack, sort, process      stock        stock-taking, hold
    labels        sticker ranges on a lot           consent      who may take in whose goods
    claims        goods that came without it        sorting      one run over several commands
    sending_back  bought goods go home
"""

from dataclasses import replace

from chaincode.lots import (
    claims,
    consent,
    consignment,
    handover,
    harvest,
    labels,
    making,
    outflow,
    sending_back,
    sorting,
    stock,
)

# Whatever is done with goods may be done by an agent.
_ON_GOODS = (
    *harvest.TYPES,
    *handover.TYPES,
    *sending_back.TYPES,
    *outflow.TYPES,
    *consignment.TYPES,
    *claims.TYPES,
    *stock.TYPES,
    *making.TYPES,
    *sorting.TYPES,
)
TYPES = (*(replace(kind, is_delegable=True) for kind in _ON_GOODS), *labels.TYPES, *consent.TYPES)
