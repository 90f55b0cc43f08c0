"""The command line: one file per verb; messages and exit codes live here."""
