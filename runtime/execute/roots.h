/*
 * roots: which version of what the next cell sees. A root is a variable, or a hidden class, function or component of ambient
 * state (docs/values.md). Versions never change; the newest one is kept for each root.
 */
#ifndef CB_ROOTS_H
#define CB_ROOTS_H

#include "base/base.h"
#include <jansson.h>

#define CB_ROOT_NAME_MAX 1024 /* bytes; Python has no limit, but nobody needs more and cells may lie */

struct cb_extent_range {
    uint64_t offset, length;
};

/* Values that travel together: one pickle stream and its buffers in the values of `cell`. */
struct cb_group {
    int cell;
    int values_fd; /* read-only; borrowed from the run */
    struct cb_extent_range stream;
    struct cb_extent_range *buffers;
    size_t n_buffers;
    char **roots;
    size_t n_roots;
    json_t *carried; /* set of those roots whose value the cell did not change: they share an object with one that it did; or NULL */
    char digest[72]; /* "" until asked for */
};

struct cb_root {
    char *name;
    int cell;                /* producer of the newest version */
    struct cb_group *group;  /* NULL: uncopyable */
    char *type, *reason;     /* of an uncopyable value */
};

struct cb_roots;
struct cb_roots *cb_roots_new(void);
void cb_roots_free(struct cb_roots *roots);

/* The newest version of `name`, or NULL. */
const struct cb_root *cb_roots_find(const struct cb_roots *roots, const char *name);

/* New references: names of variables in the order of first binding; ambient roots that have a version. */
json_t *cb_roots_visible(const struct cb_roots *roots);
json_t *cb_roots_ambient(const struct cb_roots *roots);

/* What a `commit` frame says, checked: types, lengths, names, extents against `spool_size`, alignment, order. */
struct cb_commit {
    struct cb_group **groups;
    size_t n_groups;
    struct cb_uncopyable {
        char *root, *type, *reason;
    } *uncopyable;
    size_t n_uncopyable;
    char **deleted, **order, **bound; /* bound: names read from groups that were loaded for another name, without a `read` */
    size_t n_deleted, n_order, n_bound;
};
int cb_commit_parse(const json_t *frame, int cell, uint64_t spool_size, struct cb_commit *out, struct cb_error *err);
void cb_commit_free(struct cb_commit *commit);

/* Make the commit's versions the newest. Takes the groups over from `commit`; values_fd is stored in them. */
void cb_roots_apply(struct cb_roots *roots, struct cb_commit *commit, int cell, int values_fd);

/* The answer to `read`, a new reference; *fd is the descriptor to send along or -1. */
json_t *cb_roots_answer(const struct cb_roots *roots, const char *name, int *fd);

/* SHA-256 over a group's stream and buffers, computed once; "" when it cannot be read. */
const char *cb_group_digest(struct cb_group *group);
uint64_t cb_group_bytes(const struct cb_group *group);

#endif
