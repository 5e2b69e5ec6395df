/* checks: the half of `doctor` that is no kernel feature: interpreter, libraries, Python packages, our own
 * files. */
#ifndef CB_CLI_CHECKS_H
#define CB_CLI_CHECKS_H

#include "sandbox/sandbox.h"

/* A static array of n checks. */
const struct cb_probe *cb_check_programs(size_t *n);

#endif
