"""The verbs of `newsreel`, panel by panel of its help: arguments, each with one call below."""
