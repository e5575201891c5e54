"""What gateway and hub say to each other, and nothing else."""
