"""A queue brought to a gateway that answers, refuses, and goes away."""

import pytest

from gateway.cli.sending import deliver
from gateway.device.client import Answer, ApiError
from gateway.device.keyring import Key, command_id_of
from gateway.device.signing import Device


class Leaving:
    """A gateway that drops the first command it gets, and is gone when asked again."""

    def __init__(self, key):
        self.first = (key.device.seq, key.device.prev)
        self.requests = 0

    def send(self, wires, *, again=()):  # noqa: ARG002 - asked back is nothing
        self.requests += 1
        if self.requests > 1:
            raise ApiError("gone")
        return [
            Answer(id=command_id_of(wires[0]), status="dropped", code="EXPIRED", text="too late")
        ]

    def head(self, _key):
        return self.first


def test_a_drop_is_told_also_when_the_gateway_goes_away_after_it(tmp_path, capsys):
    device = Device.create(ledger="0" * 64, actor="a" * 20)
    key = Key(path=tmp_path / "till.json", device=device, party="b" * 20, gateway="http://x")
    gateway = Leaving(key)
    key.queue = [key.device.sign("lot.hold", {"lot": name}) for name in ("a", "b", "c")]
    dropped = command_id_of(key.queue[0])
    with pytest.raises(ApiError, match="gone"):
        deliver(key, gateway)
    told = capsys.readouterr().out
    assert f"dropped  {dropped}  EXPIRED too late" in told
    assert "2 still waiting" in told
    assert len(Key.load(key.path).queue) == 2
