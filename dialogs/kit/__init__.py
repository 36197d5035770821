"""What conversations share: translated text, figures, dates, navigation."""
