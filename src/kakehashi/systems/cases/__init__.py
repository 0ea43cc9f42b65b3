"""Cases: rare and undiagnosed patients as their hospitals describe them, ranked, matched, kept with their history."""
