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
    int log_fd;           /* the end of a pipe that takes what it writes to its own stdout and stderr, for messages */
    json_t *ready;        /* its `ready` frame */
    struct cb_birth {     /* what it has said of cells that nobody has asked for yet; a few at most */
        int id, pidfd, signal, code;
        bool forked, exited;
    } births[8];
};

/* Start it and load `modules`; those whose import does more than define things are left to the cells. */
int cb_zygote_start(struct cb_sandbox *sandbox, const struct cb_image *image, char *const *modules, size_t n_modules,
                    const char *const *extra_env, struct cb_zygote *out, struct cb_error *err);
void cb_zygote_close(struct cb_zygote *zygote);

/* Ask for a cell in the namespaces of `cell`, under a number that no other cell of the run has had. Does not wait. The
 * descriptors are borrowed. */
struct cb_cell_fds {
    int protocol, out, err, spool;
};
int cb_zygote_request(struct cb_zygote *zygote, int id, const struct cb_cell *cell, const struct cb_cell_fds *fds,
                      struct cb_error *err);

/* Wait until the requested cell is born; *pidfd is the caller's. */
int cb_zygote_collect(struct cb_zygote *zygote, int id, int *pidfd, struct cb_error *err);

/* How cell `id` ended, waiting at most `seconds`. -ETIMEDOUT when the zygote does not say. */
int cb_zygote_wait(struct cb_zygote *zygote, int id, double seconds, int *signal, int *code);

#endif
