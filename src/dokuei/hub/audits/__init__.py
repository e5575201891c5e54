"""The auditor's side: who saw what of whom, whether the trail is whole, and the monthly review."""
