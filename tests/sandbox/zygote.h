/*
 * The tests' stand-in for the agent: one packet in ("name of a probe", init's pidfd), one packet out (the
 * child's pidfd or the phase that failed), and later the probe's verdict.
 */
#ifndef CB_TEST_ZYGOTE_H
#define CB_TEST_ZYGOTE_H

#include <stdint.h>

struct test_request {
    char probe[32];
    int64_t argument;
};
struct test_reply {
    int32_t code; /* 0: the cell is in and runs its probe; the descriptors are its pidfd and its result's read
                     end */
    char phase[32], message[200];
};
/* What a probe writes to its result pipe: one line of text for each attack that succeeded, and "done". */

void test_probe_run(const char *name, int64_t argument, int result);

#endif
