"""The operator's command line: what piled up, and what is to be turned by hand."""
