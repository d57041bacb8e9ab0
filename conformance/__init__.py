"""Where the conformance kit for makers of EBYS will stand; there is none yet (docs/next.md)."""
