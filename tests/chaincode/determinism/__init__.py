"""Whether two peers would ever answer differently: record transactions, replay them elsewhere.

recording   runs every command, right and wrong, and notes what each transaction saw
replay      runs them again in an interpreter of other settings, and prints what came out
mutants     contracts with one hazard each, to show that a difference would be seen
"""
