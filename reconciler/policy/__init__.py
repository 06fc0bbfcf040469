"""Rules over the catalog: what is wrong with what git declares, whatever the day and the org.

Floor 1, pure: imports `model` and the standard library's values. It reads no file, no clock and no
network, writes no log, and never says a line number: a finding names an object and a path inside
it, and `catalog` turns that into a place.

Entrance: `registry.judge`.
"""
