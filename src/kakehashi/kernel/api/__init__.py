"""What every API route stands on: problem+json answers, authentication, the shape of the API itself."""
