"""Hyperledger's own client for Node, driven from Python: for tests and for the benchmark."""
