"""Benchmarks of the log, its proofs and bundles."""
