"""The first hello: language, what this is, name, district."""
