"""The hospital's program: takes images in, proves them, forwards them, brings reports back."""
