"""Golden vectors and the golden chain: what every implementation must agree on, as JSON files."""
