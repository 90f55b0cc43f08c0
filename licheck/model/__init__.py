"""The frozen values that the stages hand to each other; nothing here reads a file or decides anything."""
