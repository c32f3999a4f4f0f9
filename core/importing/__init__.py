"""Taking over a table that another program wrote: a CSV file becomes deals, all of them or none.

``source`` reads bytes as text, ``table`` text as records, ``header`` finds what each column means, ``deals`` makes a
deal of a record, ``bringing`` sets the rows aside and brings them in. The first three serve any kind of thing.
"""
