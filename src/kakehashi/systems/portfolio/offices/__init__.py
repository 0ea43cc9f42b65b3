"""Offices of the agency: who is president, director, supervisor, officer, coordinator, auditor; of what, since when."""
