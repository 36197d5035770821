"""The vote: the rule, the projects, one's own ballot and its receipt."""
