"""Rules over the catalog: what is wrong with what git declares, whatever the day and the org.

Floor 1, pure: imports `model` and the standard library's values. It reads no file, no clock and no
network, writes no log, and never says a line number: a finding names an object and a path inside
it, and `catalog` turns that into a place.

`checks` judge a catalog as it stands, `changes` a change against the catalog that it starts from.
Each module there declares its rules, with their code, words and example, next to what finds them.

Entrances: `registry.judge` and `changes.change`.
"""
