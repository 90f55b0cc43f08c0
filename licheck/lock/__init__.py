"""licheck.lock: pins upstreams, so that checks run offline and say what changed."""
