"""The only code that speaks SQL; SQLite and PostgreSQL alike."""
