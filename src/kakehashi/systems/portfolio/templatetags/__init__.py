"""What the portfolio's templates say in the language in force."""
