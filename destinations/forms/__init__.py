"""What the wizard's pages ask for. The fields are declared as data; what is wrong is found by the domain."""
