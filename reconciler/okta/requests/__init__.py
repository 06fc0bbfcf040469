"""One request, sent properly: allowed, signed, paced, repeated where that is safe."""
