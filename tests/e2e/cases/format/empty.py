# A notebook whose cells hold nothing to run.
# %% source=""
# %% markdown
only text
