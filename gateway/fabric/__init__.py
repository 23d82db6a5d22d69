"""An asyncio client for the Gateway service of Hyperledger Fabric peers (2.5 and 3.x)."""
