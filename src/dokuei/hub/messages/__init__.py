"""Questions and answers about a case."""
