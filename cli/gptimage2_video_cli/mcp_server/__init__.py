"""The MCP server: the library's calls as tools of the Model Context Protocol, within a persistent budget."""
