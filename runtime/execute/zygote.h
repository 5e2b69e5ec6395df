/*
 * zygote: start the process that cells are forked from, and ask it for them.
 */
#ifndef CB_ZYGOTE_H
#define CB_ZYGOTE_H

#include "images/images.h"
#include "sandbox/sandbox.h"
#include <jansson.h>

struct cb_zygote {
    int control;          /* our end of its socket */
    int pidfd;
    int log_fd;           /* what it writes to its own stdout and stderr goes to an unlinked file, for messages */
    json_t *ready;        /* its `ready` frame */
};

/* Start it and load `modules`; those whose import does more than define things are left to the cells. */
int cb_zygote_start(struct cb_sandbox *sandbox, const struct cb_image *image, char *const *modules, size_t n_modules,
                    const char *const *extra_env, struct cb_zygote *out, struct cb_error *err);
void cb_zygote_close(struct cb_zygote *zygote);

/* Ask for a cell in the namespaces of `cell`; *pidfd is the caller's. The descriptors are borrowed. */
struct cb_cell_fds {
    int protocol, out, err, spool;
};
int cb_zygote_fork(struct cb_zygote *zygote, const struct cb_cell *cell, const struct cb_cell_fds *fds, int *pidfd,
                   struct cb_error *err);

/* How cell `id` ended, waiting at most `seconds`. -ETIMEDOUT when the zygote does not say. */
int cb_zygote_wait(struct cb_zygote *zygote, int id, double seconds, int *signal, int *code);

#endif
