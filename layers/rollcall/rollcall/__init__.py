"""Rollcall: who is on a RingCentral conference call, live.

`core` decides and does no I/O. `services` put the decisions into the order in which nothing is lost, and say in
`services.ports` what they need for it. `adapters` are those ports onto AWS and RingCentral. `entry` turns Lambda events
into values and errors into answers. functions/<name>/app.py puts the parts together. Imports point inward only.
"""
