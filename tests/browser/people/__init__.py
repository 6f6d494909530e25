"""Several people in one app: what each sees, and what they share."""
