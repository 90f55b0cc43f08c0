"""Reads training data, whatever its format, as groups of rows that agree in all that matters."""
