"""How long hypothesis searches: `--hypothesis-profile=soak` for the long runs, else `test`."""

import os

from hypothesis import settings

# A loaded machine is no failure of the code, so no example has a deadline of its own.
settings.register_profile("test", deadline=None, print_blob=True)
settings.register_profile(
    "soak", settings.get_profile("test"), max_examples=2_000, stateful_step_count=100
)
# CI decides about one change: it runs the same examples for the same code. `make test` elsewhere
# and `make soak` go on searching.
settings.register_profile("ci", settings.get_profile("test"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "test")
