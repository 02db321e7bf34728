"""The report as one HTML file: the PDF's twin for screens, screen readers and text search. It loads nothing."""
