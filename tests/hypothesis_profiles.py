"""How long hypothesis searches: `--hypothesis-profile=soak` for the long runs, else `test`."""

from hypothesis import settings

# A loaded machine is no failure of the code, so no example has a deadline of its own.
settings.register_profile("test", deadline=None, print_blob=True)
settings.register_profile(
    "soak", settings.get_profile("test"), max_examples=2_000, stateful_step_count=100
)
settings.load_profile("test")
