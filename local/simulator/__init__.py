"""A stand-in for RingCentral: its call control and subscription API, and the sender of its webhook notifications."""
