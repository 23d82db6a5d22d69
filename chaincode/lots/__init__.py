"""Lots: what was harvested, who holds how much of it, and how it leaves.

`records` is the state and the law of conservation that binds it; `harvest`, `handover` and
`outflow` are the commands.
"""

from chaincode.lots import handover, harvest, outflow

TYPES = (*harvest.TYPES, *handover.TYPES, *outflow.TYPES)
