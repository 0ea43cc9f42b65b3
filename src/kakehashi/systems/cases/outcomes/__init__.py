"""The outcomes of the programme: who consulted, was registered, analysed and diagnosed, and with what."""
