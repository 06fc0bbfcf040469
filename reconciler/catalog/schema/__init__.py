"""The form of each kind of object: JSON Schemas, the check, and its errors in our words."""
