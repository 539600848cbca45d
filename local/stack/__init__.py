"""Rollcall's whole stack on this machine: the AWS, the simulator of RingCentral, and Rollcall deployed between them."""
