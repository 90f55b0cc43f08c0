"""Checks what licences and terms ask of those who redistribute AI models."""

__version__ = "0.1.0"
