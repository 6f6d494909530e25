"""What Citewell is made of, and that it sends nothing: locks, licences, source archive, telemetry, no network."""
