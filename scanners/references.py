"""The addresses of data across clouds, and the uid of the asset that each names."""
