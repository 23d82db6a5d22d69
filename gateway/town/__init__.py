"""What the town says off the ledger: names, catalogue, plots, explanations, words for codes."""
