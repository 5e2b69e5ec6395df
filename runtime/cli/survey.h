/*
 * cli: a survey over many notebooks. survey_find.c finds them, survey_work.c analyses them on all cores,
 * survey_svg.c draws what came out.
 */
#ifndef CB_CLI_SURVEY_H
#define CB_CLI_SURVEY_H

#include "base/base.h"

/* A notebook to analyse: a file (by descriptor), or text that was read already. */
struct cb_survey_item {
    char *name;
    int fd; /* -1: `text` */
    char *text;
    size_t length;
    bool gzip;   /* the file is compressed */
    bool record; /* a line of JSON: {repo, path, cells: [source…]} instead of a notebook */
};

enum cb_survey_skip {
    CB_SKIP_UNREADABLE, CB_SKIP_LARGE, CB_SKIP_INVALID, CB_SKIP_LANGUAGE, CB_SKIP_EMPTY, CB_SKIP_KINDS
};

struct cb_survey_row {
    size_t order; /* of the notebook among all */
    char *name;
    size_t cells, depth, edges, open_world, syntax_errors; /* cells: code cells that are not blank */
};

struct cb_survey_message {
    size_t order;
    char *text;
};

struct cb_survey {
    struct cb_survey_row *rows; /* in the order in which they were found */
    size_t n, capacity;
    size_t skipped[CB_SKIP_KINDS];
    struct cb_survey_message *messages; /* why something was skipped: the first of them */
    size_t n_messages;
};

/* ---- survey_work.c ---- */

/* Threads that take items and analyse them. */
struct cb_survey_pool;
struct cb_survey_pool *cb_survey_pool_new(unsigned threads, struct cb_survey *survey);
/* Hands over an item with all it holds; waits while enough of them wait. */
void cb_survey_pool_add(struct cb_survey_pool *pool, const struct cb_survey_item *item);
/* Something was found that cannot be analysed. `message` is copied. */
void cb_survey_pool_skip(struct cb_survey_pool *pool, enum cb_survey_skip reason, const char *message);
/* Wait for all; puts the rows in order. */
void cb_survey_pool_end(struct cb_survey_pool *pool);
void cb_survey_free(struct cb_survey *survey);

/* ---- survey_find.c ---- */

/* What a path of the command line stands for: a notebook, a folder, a file of lines. */
void cb_survey_find(struct cb_survey_pool *pool, const char *path);

/* A file, compressed or not, read piece by piece; owns the descriptor. */
struct cb_survey_stream;
struct cb_survey_stream *cb_survey_stream_open(int fd, bool gzip);
/* Bytes read, 0 at the end, or -errno. */
ssize_t cb_survey_stream_read(struct cb_survey_stream *stream, void *buffer, size_t n);
void cb_survey_stream_close(struct cb_survey_stream *stream);

/* ---- survey_svg.c ---- */

/* Cells against depth, one mark for each pair, the darker the more notebooks have it. */
void cb_survey_svg(const struct cb_survey *survey, struct cb_buffer *out);

#endif
