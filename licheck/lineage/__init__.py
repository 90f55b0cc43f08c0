"""Targets → the repositories, folders and files upstream of them, each read once."""
