"""What integration-tests/bench/compare is made of."""
