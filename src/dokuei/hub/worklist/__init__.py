"""What waits to be read, and who reads it."""
