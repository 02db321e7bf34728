"""The report as PDF: painted on the canvas, with no markup anywhere, so no string from outside can be one."""
