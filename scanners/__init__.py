"""What is out there: facts only, no law, no window, no database."""
