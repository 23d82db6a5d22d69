"""A signer: keys, what they sign, and how that reaches a gateway. Knows no server."""
