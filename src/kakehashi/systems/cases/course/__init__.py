"""The course of a case: consultation, referral, analysis, committee, diagnoses."""
