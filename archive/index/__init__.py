"""CDXJ: what lies in the WARCs, sorted by address and time; all of it can be made anew."""
