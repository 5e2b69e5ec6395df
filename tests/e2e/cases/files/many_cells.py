# Thirty cells that write files, each its own and one in common.
# %%
import os
os.mkdir('d')
open('d/00', 'w').write('0'); open('log', 'a').write('0,')
# %%
open("d/01", "w").write("1"); open("log", "a").write("1,")
# %%
open("d/02", "w").write("2"); open("log", "a").write("2,")
# %%
open("d/03", "w").write("3"); open("log", "a").write("3,")
# %%
open("d/04", "w").write("4"); open("log", "a").write("4,")
# %%
open("d/05", "w").write("5"); open("log", "a").write("5,")
# %%
open("d/06", "w").write("6"); open("log", "a").write("6,")
# %%
open("d/07", "w").write("7"); open("log", "a").write("7,")
# %%
open("d/08", "w").write("8"); open("log", "a").write("8,")
# %%
open("d/09", "w").write("9"); open("log", "a").write("9,")
# %%
open("d/10", "w").write("10"); open("log", "a").write("10,")
# %%
open("d/11", "w").write("11"); open("log", "a").write("11,")
# %%
open("d/12", "w").write("12"); open("log", "a").write("12,")
# %%
open("d/13", "w").write("13"); open("log", "a").write("13,")
# %%
open("d/14", "w").write("14"); open("log", "a").write("14,")
# %%
open("d/15", "w").write("15"); open("log", "a").write("15,")
# %%
open("d/16", "w").write("16"); open("log", "a").write("16,")
# %%
open("d/17", "w").write("17"); open("log", "a").write("17,")
# %%
open("d/18", "w").write("18"); open("log", "a").write("18,")
# %%
open("d/19", "w").write("19"); open("log", "a").write("19,")
# %%
open("d/20", "w").write("20"); open("log", "a").write("20,")
# %%
open("d/21", "w").write("21"); open("log", "a").write("21,")
# %%
open("d/22", "w").write("22"); open("log", "a").write("22,")
# %%
open("d/23", "w").write("23"); open("log", "a").write("23,")
# %%
open("d/24", "w").write("24"); open("log", "a").write("24,")
# %%
open("d/25", "w").write("25"); open("log", "a").write("25,")
# %%
open("d/26", "w").write("26"); open("log", "a").write("26,")
# %%
open("d/27", "w").write("27"); open("log", "a").write("27,")
# %%
open("d/28", "w").write("28"); open("log", "a").write("28,")
# %%
open("d/29", "w").write("29"); open("log", "a").write("29,")
# %%
open("d/30", "w").write("30"); open("log", "a").write("30,")
# %%
len(os.listdir('d')), open('log').read(), ''.join(open('d/%02d' % i).read() for i in range(31))
