"""Webhooks: signed HTTP calls to other programs, by Standard Webhooks 1.0."""
