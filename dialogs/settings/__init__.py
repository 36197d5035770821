"""Language, name, district, news; help and privacy."""
