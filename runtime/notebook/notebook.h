/*
 * notebook: read, change and write Jupyter notebooks (nbformat 4). No processes, no sandbox.
 *
 * The document is a jansson tree that is kept as it was found; only what a run changes is touched. Writing
 * follows Python's nbformat to the byte: indent 1, sorted keys, UTF-8 unescaped, floats as Python's repr,
 * final newline.
 *
 * Where nbformat fails or acts at random, this is what happens instead:
 * - A byte order mark is passed over. A lone surrogate escape (\ud800) becomes U+FFFD; nbformat reads it and
 * cannot write it.
 * - Duplicate keys are refused: nbformat would drop all but the last without a word.
 * - NaN, Infinity and integers beyond 64 bits are kept. In the tree they are strings that start with the byte
 * 0xFF.
 * - Missing outputs, metadata, source, execution_count and nbformat_minor (0) are filled in.
 * - From 4.5 on, a missing, double or invalid cell id is replaced by 8 hexadecimal digits of
 * SHA-256("POSITION SALT SOURCE").
 * - Injecting parameters keeps the minor version (papermill upgrades to 4.5); a replaced cell hands its id
 * on.
 */
#ifndef CB_NOTEBOOK_H
#define CB_NOTEBOOK_H

#include "base/base.h"
#include <jansson.h>

struct cb_notebook;

#define CB_NOTEBOOK_MAX_BYTES                                                                                \
    (64u << 20) /* a larger file is refused: nobody reads it, and it must fit in memory many times */
#define CB_NOTEBOOK_MAX_DEPTH 512 /* nesting, checked before parsing */

/* Read and validate. path "-" is standard input. Errors are CB_EXIT_USAGE with a message that names the file
 * and what to do: missing, directory, not UTF-8, not JSON (line and column), truncated, too large, nested too
 * deep, duplicate keys, nbformat 3 or 5, not a notebook, language not Python (metadata.kernelspec.language /
 * language_info.name / kernelspec.name). */
int cb_notebook_read(const char *path, struct cb_notebook **out, struct cb_error *err);
int cb_notebook_parse(const char *text, size_t length, const char *name, struct cb_notebook **out,
                      struct cb_error *err);
void cb_notebook_free(struct cb_notebook *nb);

/* Write to `path` by temporary name and rename (or "-": standard output). cb_notebook_dump returns the text.
 */
int cb_notebook_write(struct cb_notebook *nb, const char *path, struct cb_error *err);
void cb_notebook_dump(struct cb_notebook *nb, struct cb_buffer *out);
/* Any JSON value in Python's json.dumps(indent=1, sort_keys=True, ensure_ascii=False) style. */
void cb_json_dump(const json_t *value, struct cb_buffer *out);
/* JSON as Python's json.loads reads it (NaN, Infinity, integers of any size: written back as they were by
 * cb_json_dump). Bounded in depth and number of values, duplicate keys refused; a lone surrogate becomes
 * U+FFFD, a byte order mark is passed over. `name` stands for the text in messages. */
int cb_json_parse(const char *text, size_t length, const char *name, json_t **out, struct cb_error *err);

/* ---- code cells, counted from 0 over code cells only ---- */
size_t cb_notebook_cells(const struct cb_notebook *nb);
struct cb_code_cell {
    const char *source; /* joined, UTF-8, owned by the notebook */
    size_t source_length;
    const char *id; /* the cell's id; in < 4.5 a made-up stable one for reports, not written to the file */
    bool blank;     /* empty or white space only: nbclient leaves it untouched */
    bool skip;      /* tagged skip-execution: untouched */
    bool raises_exception; /* tagged raises-exception */
};
void cb_notebook_cell(const struct cb_notebook *nb, size_t index, struct cb_code_cell *out);

/* ---- parameters, papermill's rules ---- */
struct cb_parameters; /* ordered name -> JSON value */
struct cb_parameters *cb_parameters_new(void);
void cb_parameters_free(struct cb_parameters *p);
int cb_parameters_add_typed(struct cb_parameters *p, const char *name, const char *text,
                            struct cb_error *err); /* -p */
int cb_parameters_add_raw(struct cb_parameters *p, const char *name, const char *text,
                          struct cb_error *err);                                             /* -r */
int cb_parameters_add_yaml(struct cb_parameters *p, const char *text, struct cb_error *err); /* -y */
int cb_parameters_add_file(struct cb_parameters *p, const char *path,
                           struct cb_error *err); /* -f yaml|json */
size_t cb_parameters_count(const struct cb_parameters *p);
/* Inject: replaces the cell tagged injected-parameters, else inserts after the first tagged parameters, else
 * at the top and sets *warning (may be NULL). Without parameters nothing changes. Comes before the run:
 * indices and ids of code cells are counted anew. */
int cb_notebook_inject(struct cb_notebook *nb, const struct cb_parameters *p, const char **warning,
                       struct cb_error *err);

/* ---- what a run puts in ---- */

/* Begin executing cell `index`: clears its outputs, sets execution_count and metadata.execution. Times are
 * Unix seconds, stored as nbclient does (UTC, %Y-%m-%dT%H:%M:%S.%fZ). */
enum cb_stamp { CB_STAMP_BUSY, CB_STAMP_INPUT, CB_STAMP_REPLY, CB_STAMP_IDLE };
void cb_notebook_begin(struct cb_notebook *nb, size_t index, int execution_count);
void cb_notebook_stamp(struct cb_notebook *nb, size_t index, enum cb_stamp which, double unix_time);

/* Outputs of cell `index`, in order of arrival. Rules of research/jupyter.md 1.1: consecutive same-name
 * streams are merged; clear_output (wait) and display ids over all cells, earlier or later; an update of an
 * unknown id is ignored. Text that is not UTF-8 is replaced (U+FFFD), lone surrogates too. `data` and
 * `metadata` are borrowed. */
void cb_notebook_stream(struct cb_notebook *nb, size_t index, const char *name, const char *text,
                        size_t length);
void cb_notebook_display(struct cb_notebook *nb, size_t index, json_t *data, json_t *metadata,
                         const char *display_id, bool update);
void cb_notebook_result(struct cb_notebook *nb, size_t index, json_t *data, json_t *metadata,
                        const char *display_id);
void cb_notebook_clear(struct cb_notebook *nb, size_t index, bool wait);
void cb_notebook_error(struct cb_notebook *nb, size_t index, const char *ename, const char *evalue,
                       json_t *traceback);

/* metadata of the notebook and of cells: `value` is stolen. */
void cb_notebook_set_language_info(struct cb_notebook *nb, json_t *value);
void cb_notebook_set_metadata(struct cb_notebook *nb, const char *key, json_t *value);
void cb_notebook_set_cell_metadata(struct cb_notebook *nb, size_t index, const char *key, json_t *value);

#endif
