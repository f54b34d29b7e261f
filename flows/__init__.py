"""What happens to a lead, and getting it there: flows, their steps and gate, deliveries and their attempts."""
