"""Lines: what each can carry, measured by whoever reads or sends over it, and judged by what is read here (NET-20)."""
