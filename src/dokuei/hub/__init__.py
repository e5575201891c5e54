"""The reading centre's program: archive, worklist, reports, identity, audit."""
