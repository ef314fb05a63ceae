"""How every property is tried: the same examples in every run, however slow the machine is."""

from hypothesis import settings

settings.register_profile("newsreel", derandomize=True, deadline=None)
settings.load_profile("newsreel")
