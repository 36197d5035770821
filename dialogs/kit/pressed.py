"""The widget that a click is told about."""

from typing import Any

Pressed = Any
"""The pressed widget; the types of dishka's `inject` cannot express aiogram_dialog's `Select`."""
