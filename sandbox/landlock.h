/* The second wall around files: what the mounts say, said again by Landlock. Private to sandbox/. */
#ifndef CB_SANDBOX_LANDLOCK_H
#define CB_SANDBOX_LANDLOCK_H

#include <stdint.h>

/* In the cell, after its namespaces were joined: everything may be read and executed; work, tmp, home, shm
 * and the harmless devices may be written. 0 or -errno. Does nothing below ABI 2. */
int cb_landlock_restrict(uint32_t abi, const char *home);

#endif
