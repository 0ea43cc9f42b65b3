"""Writing awards to files: CSV and JSON for spreadsheets and scripts, 360Giving JSON for the world."""
