"""What an agreement is: frozen values that need neither a clock nor a store."""
