"""The commands of ``eyhub``, one module a subject."""
