"""What a line can carry: measured, and judged by what is read over it; no HTTP and no SQL (those are hub/lines)."""
