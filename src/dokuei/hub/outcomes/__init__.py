"""What became of a report in the hospital: arrived, opened, acted on; and what must not be overlooked."""
