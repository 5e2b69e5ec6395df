# Regular expressions, generators consumed in place, comprehension chains, sorting keys.
# %%
import re, collections
text = 'the cat sat on the mat the end'
words = re.findall(r'\w+', text)
# %%
counts = collections.Counter(words)
counts.most_common(2)
# %%
key = lambda w: (-counts[w], w)
# %%
ordered = sorted(set(words), key=key); ordered
# %%
counts['cat'] += 10
sorted(set(words), key=key)[:2]
# %%
grouped = {}
for w in ordered: grouped.setdefault(len(w), []).append(w)
{k: sorted(v) for k, v in sorted(grouped.items())}
