"""`minori` as a program that has the toy version 2 of the rules: `python -m tests.toy_gateway`."""

from chaincode import rules
from network import cli
from tests import toy_rules

if __name__ == "__main__":
    with toy_rules.larger_lots():
        rules.RULES.update(toy_rules.VERSIONS)
        rules.EVER[toy_rules.ADDED] = toy_rules.PRAISE
        cli.main()
