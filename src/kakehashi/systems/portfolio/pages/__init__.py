"""The pages of the portfolio, by subject."""
