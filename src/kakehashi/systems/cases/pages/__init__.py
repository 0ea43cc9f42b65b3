"""The pages of cases, and what they show put into words."""
