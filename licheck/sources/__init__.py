"""Where bytes come from; nothing here judges them."""
