"""Tests of the functions of clients."""
