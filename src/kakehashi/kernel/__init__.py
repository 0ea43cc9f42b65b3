"""The ground every system stands on: people, organisations, rules, workflow, audit, events, jobs, notices, files."""
