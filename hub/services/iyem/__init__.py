"""İYEM's own services: ``yetki`` answers who may sign, ``service`` keeps the register."""
