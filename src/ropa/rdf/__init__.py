"""RDF: neutral triples, writing, reading, formats, foreign graphs."""
