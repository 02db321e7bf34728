"""Amazon Web Services, live: one module for each service, with its operations and its collectors."""
