"""The outside world: channels, their emulators, the scheduler, secrets and the command line."""
