"""What stands in a report, chapter by chapter. Each is written once and painted on a PDF page or an HTML page alike."""
