"""Reading a store back: every byte compared with what the journal says was committed."""
