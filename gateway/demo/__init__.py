"""A town to look at: organisations, farms, shops and a season, entered by real signed commands."""
