"""What a person, or the clock, can do and see: one module each, one callable class per action.

An action opens its own unit of work, decides by `civic.rules`, commits last and may be called
twice with the same effect as once. It raises `civic.model.refusal.Refused` when it may not happen.
List new actions in `registry.py`.
"""
