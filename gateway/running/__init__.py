"""Where a gateway comes together: its parts opened, its application made, served, stopped."""
