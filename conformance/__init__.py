"""The conformance kit for makers of EBYS."""
