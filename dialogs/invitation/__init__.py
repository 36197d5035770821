"""A one-time link that gives a role: asked once, so that opening a link by mistake does nothing."""
