"""HTTP around the org: routes, middleware, faults of the wire, in process or on a socket."""
