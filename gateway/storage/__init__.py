"""Where a gateway keeps things: databases and their lock, private files, files that are watched."""
