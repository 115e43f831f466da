"""A server for agents: the library's calls as tools of the Model Context Protocol, within a budget that lasts."""
