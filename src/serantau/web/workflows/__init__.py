"""What one room does when something happened in another."""
