/*
 * execute: carry out a run. Owns the processes, sockets and deadlines; the only place that knows notebook, sandbox,
 * snapshot, images and analyzer at once.
 */
#ifndef CB_EXECUTE_H
#define CB_EXECUTE_H

#include "base/base.h"
#include "runtime/notebook/notebook.h"

/* What the command line shows while a run goes on. All callbacks may be NULL. Text is raw: neutralise before showing. */
struct cb_progress {
    void *context;
    void (*preparing)(void *context, const char *what);                      /* "starting python" */
    void (*started)(void *context, size_t cell, size_t n_cells, const char *source);
    void (*tick)(void *context, double seconds);                             /* about 10 times a second while waiting */
    void (*finished)(void *context, size_t cell, size_t n_cells, const char *status, double seconds);
    void (*notice)(void *context, const char *text);                         /* hidden names, warnings */
};

struct cb_run_options {
    const char *notebook;    /* for messages and records */
    const char *output;      /* path or "-" */
    const char *workspace;   /* directory, NULL: /work starts empty */
    const char *image;       /* NULL: host */
    const char *store;       /* NULL: default */
    const char *files;       /* copy final files there; NULL: no */
    const char *const *env;  /* NAME=VALUE, NULL-terminated, may be NULL */
    FILE *events;            /* one JSON object a line; NULL: none */
    bool show_hidden, allow_errors;
    uint64_t memory_bytes;   /* 0: no limit */
    uint64_t disk_bytes;     /* what one cell may leave; 0: default (16 GiB) */
    uint64_t output_bytes;   /* what one cell may print; 0: default (64 MiB) */
    uint32_t processes;      /* 0: default (1024) */
    double timeout;          /* of a cell, seconds; 0: none */
    double total_timeout;    /* of the run */
    const struct cb_progress *progress;
};

/* The object that `run --json` prints (interfaces.md). Owned by the caller, json_decref. */
struct cb_run_report {
    enum cb_exit exit;
    json_t *json;
    size_t committed, cells;
    double seconds;
    struct cb_error error;   /* why the run did not end well: message, cell, remedy; message "" when it did */
};

/* Run a notebook that was read and given its parameters. The output notebook is written after every commit and at the end,
 * also when interrupted (SIGINT, SIGTERM are handled here). Returns the exit code as >= 0; details in *report. */
int cb_execute(struct cb_notebook *notebook, const struct cb_run_options *options, struct cb_run_report *report);

#endif
