"""Evidence: what each run did, kept as a chain of files that shows any tampering.

Floor 3, beside execution, and knows nothing of it or of Okta: it is told nouns. Owns the evidence
folder and its format. Entrances: `recorder.EvidenceRecorder` writes a run, `verification.verify`
checks a chain, and `verification.read_runs` gives the past runs of one that is whole.
"""
