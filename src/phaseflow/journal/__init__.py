"""The tamper-evident record: canonical lines, entries, the chain, its verification."""
