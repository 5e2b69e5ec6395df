#include "sandbox/private.h"
const struct cb_probe *cb_sandbox_probe(size_t *n) { *n = 0; return NULL; }
