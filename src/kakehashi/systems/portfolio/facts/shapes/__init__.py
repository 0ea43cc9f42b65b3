"""The types of the facts, one module for each subject."""
