"""What each verb of `newsreel` does; cli.py only reads the arguments."""
