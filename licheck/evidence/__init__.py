"""Bytes → facts: what a model card declares, what a release folder holds."""
