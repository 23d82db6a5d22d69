"""What every HTTP route shares: limits, readers, pages of a list, problems, documentation."""
