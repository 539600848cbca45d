"""Everything that waits for something outside the process: AWS, RingCentral."""
