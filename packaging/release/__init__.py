"""Making the release: what goes into the folder of the program, and what is made of that folder for each system."""
