"""`python -m bot` is `dauys`."""

from bot.cli import main

if __name__ == "__main__":
    main()
