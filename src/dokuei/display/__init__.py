"""What a display must measure up to: pure, no HTTP and no SQL (those are hub/displays)."""
