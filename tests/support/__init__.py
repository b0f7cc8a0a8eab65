"""What several rooms' tests share: system programs, the socket guard, the time budget."""
