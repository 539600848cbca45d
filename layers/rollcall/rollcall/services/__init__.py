"""One module per function: the order of reads, decisions and writes."""
