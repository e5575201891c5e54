"""Whether this very version is a certified medical device."""
