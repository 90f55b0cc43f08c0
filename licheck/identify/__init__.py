"""Which document a text is; it judges nothing."""
