"""A cycle played before its launch: simulated people, a simulated clock, the real service.

`clock` makes time pass as fast as the work allows, `messenger` answers as Telegram would, `people`
are those who write and press, `play` puts it all together, `report` says what happened.
"""
