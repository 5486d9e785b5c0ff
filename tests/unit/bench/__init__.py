"""What the speed figures are made of."""
