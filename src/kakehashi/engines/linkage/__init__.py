"""Are two records of one person? Decided without the records' names. No Django, no network.

    keys = keys_of(Identity(family="ヤマダ", given="ハナコ", birth=date(2015, 4, 1), sex="female"), secret)
    told = weigh(Record(keys, …), Record(keys, …))        # evidence in bits, each piece with its reason

names.py brings names written in any kana to one form, keys.py turns identities into keyed hashes, evidence.py weighs
what two records share (Fellegi and Sunter 1969), weights.py holds the measured weights and says how they were measured.

Why several keyed hashes of whole name–birth combinations and not Bloom filters (CLK; Schnell, Bachteler and Reiher
2009): a Bloom filter of a name keeps the frequencies of its bigrams, and names have been read back out of such
filters by frequency, by pattern mining and by their graph (Kuzu 2011; Niedermeyer 2014; Christen 2018; Vidanage
2020), the better the fewer names a population has. A keyed hash of name and birth date together is all but unique and
offers no frequencies. The price, tolerance of typing errors, is paid back by several hashes of different strictness
(match-keys, as the UK's Office for National Statistics links its censuses); tests/bench/linkage.py measures both on
one synthetic population.
"""
