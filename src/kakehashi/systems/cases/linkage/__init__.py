"""The same patient registered by two hospitals: suspected without either learning the other's identifiers."""
