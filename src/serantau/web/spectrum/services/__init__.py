"""What changes the state of requests for coordination."""
