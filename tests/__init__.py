"""Tests: each names a behaviour. `contracts/` holds one suite per Protocol."""
