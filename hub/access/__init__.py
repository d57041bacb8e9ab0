"""Who may call what: credentials of institutions, their rights, and the check of every call."""
