"""Use → the documents that bind it: by licence and lineage for weights and data, by route and date for services."""
