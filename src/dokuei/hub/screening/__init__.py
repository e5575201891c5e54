"""Screening batches (検診): in by roster, out with judgements."""
