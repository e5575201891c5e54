"""Reading requests (読影依頼)."""
