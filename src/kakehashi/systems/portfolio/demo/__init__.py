"""The demo agency: what it shows is made up, and said to be so."""
