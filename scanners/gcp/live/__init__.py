"""Google Cloud, live: what is called, and how its answers become the documents that the normalisers take."""
