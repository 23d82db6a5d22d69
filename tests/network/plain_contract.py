"""A contract of two functions, for what concerns the network and not the rules: put, get.

Run as a program it serves them as `python -m chaincode` serves the real one.
"""

import asyncio
import os
from collections.abc import Sequence

from chaincode.base.stub import Response, Stub
from chaincode.shim import Config, serve


class PlainContract:
    async def invoke(self, stub: Stub, function: str, args: Sequence[bytes]) -> Response:
        if function == "put":
            key, value = args
            await stub.get_multiple_states([key.decode()])
            await stub.put_multiple_states({key.decode(): value})
            return Response(status=200, payload=b"put")
        if function == "get":
            (value,) = await stub.get_multiple_states([args[0].decode()])
            return Response(status=200, payload=value or b"nothing")
        if function == "who":
            return Response(status=200, payload=os.environ["CHAINCODE_ID"].encode())
        return Response(status=400, message="NO_SUCH_FUNCTION")


if __name__ == "__main__":
    asyncio.run(serve(PlainContract(), Config.from_environment(os.environ)))
