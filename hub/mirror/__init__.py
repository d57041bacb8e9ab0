"""Taking in what other registries hold: saved answers of a KAYSİS endpoint, CSV and XLSX tables."""
