"""What integration-tests/bench/compare and regression are made of."""
