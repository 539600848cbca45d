"""Whether what `sam build` made runs on Lambda: `python -m local.artefacts`."""
