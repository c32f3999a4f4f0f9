"""What happens by itself: entering a stage, running rules, sending, waking."""
