"""Contracts that behave in every way a contract should not, and some that do."""

import asyncio
import contextlib
import json
import time

from chaincode.base.stub import Response, Stub


class Contract:
    """Dispatches to its methods by the function's name."""

    def __init__(self):
        self.finished = 0
        self.late = []

    async def invoke(self, stub: Stub, function: str, args) -> Response:
        return await getattr(self, function or "nothing")(stub, *args)

    async def nothing(self, _stub):
        return Response(status=400, message="BAD_FUNCTION")

    async def echo(self, _stub, *args):
        return Response(status=200, payload=b"|".join(args))

    async def size(self, _stub, *args):
        return Response(status=200, payload=str(sum(map(len, args))).encode())

    async def facts(self, stub):
        creator = stub.creator
        facts = {
            "tx_id": stub.tx_id,
            "time": stub.tx_timestamp,
            "msp_id": creator.msp_id,
            "certificate": creator.certificate_pem.decode(),
        }
        return Response(status=200, payload=json.dumps(facts).encode())

    async def get(self, stub, *keys):
        values = await stub.get_multiple_states([key.decode() for key in keys])
        shown = [None if value is None else value.decode() for value in values]
        return Response(status=200, payload=json.dumps(shown).encode())

    async def put(self, stub, *pairs):
        names = [pair.decode() for pair in pairs]
        await stub.put_multiple_states({name: b"value of " + name.encode() for name in names})
        return Response(status=200)

    async def put_slowly(self, stub, key, seconds):
        """Wait between the write and the answer."""
        await self.put(stub, key)
        await asyncio.sleep(float(seconds))
        return Response(status=200)

    async def put_empty(self, stub):
        await stub.put_multiple_states({"key": b""})
        return Response(status=200)

    async def put_large(self, stub, count, size):
        value = b"x" * int(size)
        await stub.put_multiple_states({f"key/{n:03}": value for n in range(int(count))})
        return Response(status=200)

    async def own(self, stub):
        """Read, write and read again what only this transaction knows."""
        await stub.get_multiple_states([f"a/{stub.tx_id}"])
        await stub.put_multiple_states({f"b/{stub.tx_id}": stub.tx_id.encode()})
        values = await stub.get_multiple_states([f"a/{stub.tx_id}", f"c/{stub.tx_id}"])
        return Response(status=200, payload=b"|".join(value or b"-" for value in values))

    async def gathered(self, stub):
        names = [f"key/{n}" for n in range(20)]
        answers = await asyncio.gather(*(stub.get_multiple_states([name]) for name in names))
        shown = [None if value is None else value.decode() for [value] in answers]
        return Response(status=200, payload=json.dumps(shown).encode())

    async def gives_up(self, stub, key, other):
        """Give up on one read, then ask for another."""
        try:
            async with asyncio.timeout(0.05):
                await stub.get_multiple_states([key.decode()])
        except TimeoutError:
            pass
        return await self.get(stub, other)

    async def swallows(self, stub, key):
        with contextlib.suppress(Exception):
            await stub.get_multiple_states([key.decode()])
        return Response(status=200, payload=b"all is well")

    async def raises(self, _stub, *_args):
        raise RuntimeError("a bug")

    async def exits(self, _stub, *_args):
        raise SystemExit(3)

    async def interrupts(self, _stub, *_args):
        raise KeyboardInterrupt

    async def closes(self, _stub, *_args):
        raise GeneratorExit

    async def cancels_itself(self, _stub, *_args):
        asyncio.current_task().cancel()
        await asyncio.sleep(0)

    async def returns_nothing(self, _stub, *_args):
        return None

    async def returns_odd_text(self, _stub, *_args):
        return Response(status=200, message="\ud800")

    async def returns_huge(self, _stub, size):
        return Response(status=200, payload=b"x" * int(size))

    async def sleeps(self, _stub, seconds=b"3600", text=b""):
        await asyncio.sleep(float(seconds))
        self.finished += 1
        return Response(status=200, payload=text)

    async def hangs_on(self, _stub, seconds):
        """Refuse to be cancelled for some seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + float(seconds)
        while loop.time() < end:
            try:
                await asyncio.sleep(end - loop.time())
            except asyncio.CancelledError:
                continue
        self.finished += 1
        return Response(status=200, payload=b"too late")

    async def computes(self, _stub, *_args):
        number = 0
        while True:
            number += 1

    async def computes_for(self, _stub, seconds):
        end = time.monotonic() + float(seconds)
        while time.monotonic() < end:
            pass
        return Response(status=200, payload=b"computed")

    async def outlives(self, stub):
        """Leave a task behind that uses the stub after the answer."""

        async def later():
            await asyncio.sleep(0.05)
            try:
                await stub.get_multiple_states(["key"])
            except Exception as error:  # noqa: BLE001 - the test looks at its type
                self.late.append(error)

        self.task = asyncio.create_task(later())
        return Response(status=200)
