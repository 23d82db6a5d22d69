"""A contract of twenty lines for tests of ledgers: commands set keys, count, or go wrong."""

import json
from collections.abc import Sequence

from chaincode.base.stub import Response, Stub


def command(name: str, **members: object) -> bytes:
    """Return a wire command. `count`: key to increment; `set`: keys to values; `raw`: to hex."""
    return json.dumps({"id": name, **members}, sort_keys=True).encode()


class ToyContract:
    """Answers like Minori's contract; keeps who asked last under `creator`."""

    async def invoke(self, stub: Stub, function: str, args: Sequence[bytes]) -> Response:
        if function == "query":
            keys = [arg.decode() for arg in args]
            values = await stub.get_multiple_states(keys)
            found = {
                key: value and json.loads(value) for key, value in zip(keys, values, strict=True)
            }
            return Response(status=200, payload=json.dumps(found).encode())
        time = stub.tx_timestamp
        if function == "submit_at":
            time, args = int(args[0]), args[1:]
        results = []
        for arg in args:
            wanted = json.loads(arg)
            if "crash" in wanted:
                raise RuntimeError(wanted["crash"])
            writes = {
                key: json.dumps(value).encode() for key, value in wanted.get("set", {}).items()
            }
            if "raw" in wanted:
                writes |= {key: bytes.fromhex(value) for key, value in wanted["raw"].items()}
            if "count" in wanted:
                (value,) = await stub.get_multiple_states([wanted["count"]])
                writes[wanted["count"]] = str(int(value or 0) + 1).encode()
            if "creator" in wanted:
                writes["creator"] = json.dumps([stub.creator.msp_id, wanted["creator"]]).encode()
            await stub.put_multiple_states(writes)
            if "status" in wanted:
                return Response(
                    status=wanted["status"], message=wanted.get("message", "TOY_SAYS_NO")
                )
            results.append({"id": wanted["id"], "code": "ACCEPTED", "flags": []})
        answer = {"time": time, "results": results[:-1] if "short" in str(args) else results}
        return Response(status=200, payload=json.dumps(answer).encode())
