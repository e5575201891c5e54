"""Synthetic breast cases, procedural, for the demo and the tests."""

from dokuei.phantom.cases import PhantomCase, PhantomSet, make, make_small

__all__ = ["PhantomCase", "PhantomSet", "make", "make_small"]
