/*
 * live: one cell while it has a process. Started, stepped by the loop in execute.c whenever its descriptors are ready, and finished
 * (killed, harvested) exactly once. Knows nothing of other cells but the roots it may read.
 */
#ifndef CB_LIVE_H
#define CB_LIVE_H

#include "runtime/execute/channel.h"
#include "runtime/execute/execute.h"
#include "runtime/execute/roots.h"
#include "runtime/execute/zygote.h"
#include "sandbox/sandbox.h"
#include "snapshot/snapshot.h"

/* What a run owns and its cells borrow. */
struct cb_run_context {
    const struct cb_run_options *options;
    struct cb_notebook *notebook;
    struct cb_store *store;
    struct cb_run *run;
    struct cb_sandbox *sandbox;
    struct cb_zygote zygote;
    struct cb_roots *roots;
    double started;              /* CLOCK_MONOTONIC */
    int births;                  /* number of processes asked of the zygote so far */
    int file_layers;             /* number of commits that changed files: a cell made ready before the last one is stale */
};

enum cb_live_state {
    CB_LIVE_NONE,        /* not made, or given back */
    CB_LIVE_READY,       /* has namespaces, overlays and a forked process that waits for its source */
    CB_LIVE_RUNNING,
    CB_LIVE_COMMITTED,   /* its commit frame was accepted */
    CB_LIVE_DEAD,        /* its processes are gone, or must go, without a commit */
};

/* Text that arrived but is not yet an output: consecutive text of one stream is kept together, and a character split
 * between two reads is never cut. */
struct cb_stream {
    struct cb_buffer text;
    int fd;
    const char *name;
};

struct cb_live {
    int index, count;                 /* code cell; its ordinal among executed ones */
    enum cb_live_state state;
    int birth, file_layers;           /* see cb_run_context */
    bool settled;                     /* it said hello and was verified */
    bool raised, begun, executed;
    struct cb_cell cell;
    bool open;                        /* the sandbox cell exists */
    struct cb_channel channel;
    int pidfd, spool, upper_fds[3];
    struct cb_stream streams[2];
    uint64_t output_bytes;
    double t_start, t_begin, t_end;   /* CLOCK_MONOTONIC */
    double deadline;                  /* 0: none */
    struct cb_commit commit;
    bool has_commit;
    json_t *reads, *negative;         /* for the report */
    char *ename, *evalue;             /* of the error output, for the message */
    json_t *live_things;
    struct cb_cell_usage usage;
    struct cb_harvest harvest;
    struct cb_error error;            /* why it is dead; message "" otherwise */
};

/* Make a cell ready before its turn: namespaces, overlays over the layers there are now, and a process forked into them. Takes
 * milliseconds, waits for nothing that a cell does. On failure everything of it is released. */
int cb_live_prepare(struct cb_run_context *run, struct cb_live *live, int index, struct cb_error *err);

/* Verify the process of a ready cell if it has said hello by now, so that it need not be done later. */
void cb_live_settle(struct cb_run_context *run, struct cb_live *live);

/* Give back a ready cell that will not run, or not on these layers. Safe on any state but RUNNING. */
void cb_live_discard(struct cb_run_context *run, struct cb_live *live);

/* Send `start`, preparing it first where that was not done, or done before the last change of files. `history`: sources of the
 * cells executed before, or NULL (borrowed). On failure everything of it is released. */
int cb_live_start(struct cb_run_context *run, struct cb_live *live, int index, int count, bool keep_results,
                  json_t *history, struct cb_error *err);

/* Descriptors to poll for input: protocol, stdout, stderr, process. */
#define CB_LIVE_FDS 4
void cb_live_fds(const struct cb_live *live, int fds[CB_LIVE_FDS]);

/* Handle all that has arrived. */
void cb_live_step(struct cb_run_context *run, struct cb_live *live);

/* Give it up: `exit` and the message say why (limit, interruption). */
void cb_live_abort(struct cb_live *live, enum cb_exit exit, const char *phase, const char *message, const char *remedy);

/* Kill what is left, wait, find out how it died, harvest and commit or discard. Fills live->error. */
void cb_live_finish(struct cb_run_context *run, struct cb_live *live);
void cb_live_free(struct cb_live *live);

#endif
