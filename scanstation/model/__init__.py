"""Frozen values and pure rules every room shares; no I/O, standard library and msgspec only."""
