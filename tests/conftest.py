"""Fixtures that several packages' tests share."""

import grpc.aio

from tests.fabric_fixture import fabric3_environment, fabric3_network, fabric_network

__all__ = ["fabric3_environment", "fabric3_network", "fabric_network"]

pytest_plugins = ["tests.hypothesis_profiles", "tests.measured", "tests.no_silent_skips"]

# grpc.aio ends its polling thread with the last channel or server, and waits for that thread: in a
# finalizer, wherever the garbage collector happens to run, and for ever if a call was abandoned.
# One reference more, and it lives as long as the tests do.
grpc.aio.init_grpc_aio()
