"""What modalities are to do and have done: the worklist they ask for, the steps they report (PS3.4 K and F)."""
