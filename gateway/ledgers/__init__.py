"""The ledgers that a gateway can stand on, behind one port."""
