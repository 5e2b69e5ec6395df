/* embedded: the Python half of the agent, put into the binary at build time by embed.py. */
#ifndef CB_EMBEDDED_H
#define CB_EMBEDDED_H

#include <stddef.h>

struct cb_embedded {
    const char *name; /* module name in the package cellblock_agent; NULL ends the list */
    const char *source;
    size_t source_length;
    const unsigned char *code; /* marshalled, valid for an interpreter whose magic number is cb_embedded_magic */
    size_t code_length;
};
extern const struct cb_embedded cb_embedded_modules[];
extern const unsigned char cb_embedded_magic[4];
extern const char cb_embedded_bootstrap[];

#endif
