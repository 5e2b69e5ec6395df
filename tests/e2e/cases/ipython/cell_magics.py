# %%bash, %%sh, %%python, %%capture, %%writefile -a, %%time-free magics.
# %%
%%bash
x=1
echo out $x
echo err >&2
# %%
%%bash --out captured --err errors
echo kept
echo bad >&2
# %%
captured, errors
# %%
%%capture cap
print('hidden'); 
import sys; print('e', file=sys.stderr)
'result'
# %%
cap.stdout, cap.stderr, len(cap.outputs)
# %%
cap.show()
# %%
%%writefile notes.txt
line {not expanded}
# %%
%%writefile -a notes.txt
second
# %%
print(open('notes.txt').read())
# %%
%%script sh -s arg
echo "script $1"
# %% tags=raises-exception
%%bash
exit 3
