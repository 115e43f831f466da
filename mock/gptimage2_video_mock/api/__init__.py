"""The HTTP face of the service: requests in, replies out, as the contract says."""
