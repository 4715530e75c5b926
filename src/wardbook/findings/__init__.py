"""What the audit finds: one procedure a subject, each finding with its innocent explanations.

Starting points: `procedures.PROCEDURES` (every procedure), `procedures.run_procedures`, `finding.Finding`.
"""
