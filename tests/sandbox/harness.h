/* A sandbox with the tests' zygote in it, on a run directory of its own. */
#ifndef CB_TEST_HARNESS_H
#define CB_TEST_HARNESS_H

#include "sandbox/sandbox.h"
#include "tests/sandbox/zygote.h"

struct harness {
    char dir[64]; /* holds run/, workspace/ and what else a test wants */
    int dir_fd, run_fd, workspace_fd, control, zygote;
    struct cb_sandbox *sandbox;
    unsigned n_cells;
};

struct harness_cell {
    struct cb_cell cell;
    int pidfd, result;
    char upper[CB_TREES][32], work[CB_TREES][32];
};

/* Asserts on failure. `limits` NULL: generous ones. The directories exist after harness_dirs. */
void harness_dirs(struct harness *h);
void harness_open(struct harness *h, const struct cb_limits *limits);
void harness_close(struct harness *h);

/* Make a cell's upper and work directories and a spec that names them. */
void harness_cell_dirs(struct harness *h, struct harness_cell *c, struct cb_cell_spec *spec);
/* Open a cell; `lowers` (may be NULL) are those of /work, newest first. */
int harness_cell_open(struct harness *h, struct harness_cell *c, const char *const *lowers, size_t n,
                      struct cb_error *err);
/* Fork a process into it that runs `probe`; asserts that it enters. */
void harness_enter(struct harness *h, struct harness_cell *c, const char *probe, int64_t argument);
/* Read what the probe says until it ends; the text is the caller's. */
char *harness_result(struct harness_cell *c);
void harness_cell_close(struct harness *h, struct harness_cell *c, struct cb_cell_usage *usage);

/* All of it: open, enter, verify, read, close. */
char *harness_run(struct harness *h, const char *probe, int64_t argument);

#endif
