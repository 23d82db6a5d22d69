"""What is shown of a record, and to whom."""
