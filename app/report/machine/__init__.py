"""The field's machine formats: OCSF, OSCAL, SARIF, and a workbook for people who count."""
