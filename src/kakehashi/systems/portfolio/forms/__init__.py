"""The forms of the portfolio."""
