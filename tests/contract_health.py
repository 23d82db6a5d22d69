"""What the co-op's chaincode process says of itself."""

import asyncio
import json

from network.lifecycle import health_port
from network.native import Network
from network.topology import COOP, HOST

PATIENCE_S = 0.5


def contract_health_port(network: Network) -> int:
    """Return where it says so; the peers are asked for the contract's definition."""
    return network.topology.port(COOP, health_port(network.definition()))


async def contract_transactions(port: int) -> int | None:
    """Return how many transactions it runs just now; `None` while it stands still."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        async with asyncio.timeout(PATIENCE_S):
            writer.write(b"GET /health HTTP/1.1\r\n\r\n")
            answer = await reader.read()
    except TimeoutError:
        return None
    finally:
        writer.close()
    return json.loads(answer.partition(b"\r\n\r\n")[2])["transactions"]
