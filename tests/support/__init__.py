"""What the tests share: servers, clients, clocks, and programs to kill."""
