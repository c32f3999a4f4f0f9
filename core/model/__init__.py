"""The words of the product as typed, frozen values."""
