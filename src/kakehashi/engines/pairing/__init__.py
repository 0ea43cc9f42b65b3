"""What could carry an award on: programmes, calls, awards elsewhere, ranked with reasons, across two languages.

    index = PairingIndex(awards, Lexicon(read_terms()))
    index.successors(award), index.openings(award, openings), index.givers(award)

No model is downloaded and no network used. ``tests/bench/README.md`` says how well it finds what belongs together.
"""
