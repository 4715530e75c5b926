"""Benchmarks of tracks: how well and how fast fixes become legs, beside other programs."""
