"""What a person does with the audit: the main job, the store, reports, the command line and the window."""

__version__ = "0.1.0"
