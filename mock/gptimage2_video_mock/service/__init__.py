"""The service behind the API: accounts, tasks, prices, videos and the clock; no HTTP."""
