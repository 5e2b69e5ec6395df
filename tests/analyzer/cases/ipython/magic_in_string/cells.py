# lines that look like magics inside a string are text
# %%
s = """
%time boom = 1
!echo {nothing}
%%bash
"""
