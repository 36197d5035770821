"""Parse what comes from files and format what goes to them.

Pure: text or bytes in, values or problems out.
"""
