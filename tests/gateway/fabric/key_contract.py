"""A contract of keys and values that answers in the form of the real one.

A command is `key=value`, which is taken, or `!…`, which is not. `clock` is not determinate. Run as
a program it serves itself as `python -m chaincode` serves the real contract.
"""

import asyncio
import json
import os
import time
from collections.abc import Sequence

from chaincode.base.stub import Response, Stub
from chaincode.shim import Config, serve


class KeyContract:
    async def invoke(self, stub: Stub, function: str, args: Sequence[bytes]) -> Response:
        if function == "submit":
            return await self._submit(stub, args)
        if function == "query":
            keys = [arg.decode() for arg in args]
            values = await stub.get_multiple_states(keys)
            state = {
                key: None if value is None else value.decode()
                for key, value in zip(keys, values, strict=True)
            }
            return Response(status=200, payload=json.dumps(state).encode())
        if function == "clock":
            return Response(status=200, payload=str(time.time_ns()).encode())
        return Response(status=400, message="BAD_FUNCTION")

    async def _submit(self, stub: Stub, commands: Sequence[bytes]) -> Response:
        writes = dict(command.decode().split("=", 1) for command in commands if command[:1] != b"!")
        await stub.get_multiple_states(sorted(writes))
        await stub.put_multiple_states({key: value.encode() for key, value in writes.items()})
        results = [
            {"id": str(place), "code": "REFUSED" if command[:1] == b"!" else "ACCEPTED"}
            for place, command in enumerate(commands)
        ]
        answer = {"time": stub.tx_timestamp, "results": results}
        return Response(status=200, payload=json.dumps(answer).encode())


if __name__ == "__main__":
    asyncio.run(serve(KeyContract(), Config.from_environment(os.environ)))
