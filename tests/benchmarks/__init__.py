"""`make bench`: one run on a real network, one table, ratios from that run alone.

`chaincodes` puts two yardsticks beside the contract, `client` is our Fabric client as a program,
`crowd` is a thousand people with signed commands, `http_load` sends them, `processor` says who used
the processor meanwhile, `report` prints. The official Node client is tests/node, the chaincode on
the official Go shim is `go/`.
"""
