"""Linking, measured."""
