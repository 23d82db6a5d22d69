"""Fixtures that several packages' tests share."""

from tests.fabric_fixture import fabric3_environment, fabric3_network, fabric_network

__all__ = ["fabric3_environment", "fabric3_network", "fabric_network"]

pytest_plugins = ["tests.hypothesis_profiles", "tests.measured", "tests.no_silent_skips"]
