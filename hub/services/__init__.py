"""The hub's SOAP services: a function per operation; arguments in, rows of the registry out, mapped to the contract."""
