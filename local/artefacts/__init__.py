"""Checks that the result of `sam build` can run on Lambda: `python -m local.artefacts`."""
