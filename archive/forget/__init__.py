"""Takedowns: addresses withdrawn from readers, and, by a second step, erased from the WARCs."""
