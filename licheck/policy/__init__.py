"""The manifest, the rules that hold terms against it, exceptions and the verdict."""
