"""Views of a report: JSON (``data``), XML (``xml_view``), HTML (``html_view``), text (``text_view``)."""
