# Sources with trailing newlines, CRLF, tabs, form feeds, unicode separators.
# %% source="x = 1\r\nprint(x)\r\n"
# %% source="if x:\n\tprint('tab')\n\n\n"
# %% source="\n\n\nprint('late')"
# %% source="s = 'a\u2028b'\nlen(s)"
# %% source="print('é\u0301')"
