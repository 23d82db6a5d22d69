"""What the projection tells Prometheus."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

HEIGHT: Final = Gauge("projection_height_blocks", "Blocks that the projection has applied.")
QUARANTINED: Final = Counter(
    "projection_quarantined_total",
    "Things in valid transactions that could not be read, by kind.",
    ["kind"],
)
APPLIED: Final = Counter("projection_commands_total", "Commands on record that were applied.")
APPLY_S: Final = Histogram(
    "projection_apply_seconds", "Time to apply one group of blocks in one database transaction."
)
