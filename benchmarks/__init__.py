"""Speed, side by side in one run. Nothing here gates a test; figures that were seen are in RESULTS.md."""
