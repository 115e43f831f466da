"""`contract`: a server tested against `openapi.yaml`.

It imports nothing, as the package must cost the other commands nothing. The way through it: `runner` sends
`free_probes` and `paid_probes` in one `session`; `responses` validates what comes back against `schemas` and
`assumptions`; `findings` has the result, and `report` renders it.
"""
