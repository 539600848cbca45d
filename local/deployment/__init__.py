"""Building Rollcall for AWS and deploying it there: `make build`, `make deploy`."""
