"""Small files of another funder for tests: three awards, their patents, trials and people, with every kind of fault."""

import gzip

MAP = """\
name: Small funder
target: collection
format: csv
collection: {name: Small funder, funder: Fund of Ruritania, country: RO, currency: EUR, licence: CC0}
awards:
  number: no
  title: {column: title, default: untitled}
  amount: {column: cost, unit: 1000}
  begins: {column: from, format: "%d.%m.%Y"}
  ends: {column: to, format: "%d.%m.%Y"}
claims: {patents: n_pat, papers: n_pub}
links:
  patents: {file: patents.csv.gz, award: award, reference: patent}
  people: {file: people.csv, award: award, reference: person, personal: true}
"""
AWARDS = """\
no,title,cost,from,to,n_pat,n_pub
A1,Livers,"1,500",01.04.2019,31.03.2022,1,1
A2,,20.5,01.04.2019,,2,1
A3,Hearts,0,,,1,1
A1,Livers again,1,,,1,1
A4,Late,1,02.04.2019,01.04.2019,1,1
A5,Odd cost,many,,,1,1
A6,Odd claim,1,,,-1,1
,Nameless,1,,,1,1
A7,Short,1
A8,Odd day,1,2019-04-01,,1,1
"""
PATENTS = "patent,award\nP1,A1\nP2,A2\nP3,A2\nP3,A2\nP4,A2\nP5,gone\n,A1\n"
PEOPLE = "award,person\nA1,12345\nA1,12345\nA2,777\n"


def written(folder, **changes):
    """The files in a folder; changed ones by name. Gives the awards' file."""
    texts = {"awards.csv": AWARDS, "patents.csv.gz": PATENTS, "people.csv": PEOPLE} | changes
    for name, text in texts.items():
        content = text.encode()
        (folder / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return folder / "awards.csv"
