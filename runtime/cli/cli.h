/*
 * cli: the commands. Parsing, help and printing; no logic. Data goes to standard output, everything meant for
 * people to standard error.
 */
#ifndef CB_CLI_H
#define CB_CLI_H

#include "base/base.h"

/* Each command gets argv with its own name at [0] and returns the exit code of the program. */
int cb_command_run(int argc, char **argv);
int cb_command_analyze(int argc, char **argv);
int cb_command_survey(int argc, char **argv);
int cb_command_image(int argc, char **argv);
int cb_command_doctor(int argc, char **argv);
int cb_command_version(int argc, char **argv);

/* ---- terminal.c: what people see ---- */

/* Append `text` fit for a terminal: control characters become ^X or \xNN, what turns the direction of writing
 * or is not UTF-8 is spelled out. In one line, newlines and tabs become spaces; else they are kept. */
enum cb_lines { CB_ONE_LINE, CB_MANY_LINES };
void cb_terminal_add(struct cb_buffer *out, const char *text, size_t length, enum cb_lines lines);

/* Cut neutralised UTF-8 text so that it takes at most `columns` columns; the last one shows an ellipsis when
 * it was cut. */
void cb_terminal_fit(struct cb_buffer *text, size_t columns);

/* The three parts of a message: what happened, to which cell (`source`, its code, may be NULL), what to do.
 */
void cb_terminal_explain(struct cb_buffer *out, const struct cb_error *err, const char *source);

/* The same to standard error. Returns err->exit. */
int cb_cli_fail(const struct cb_error *err, const char *source);

/* A line of text to standard error, neutralised, with "cellblock: " in front. */
void cb_cli_note(const char *text);

/* Text to standard output; 0, or CB_EXIT_INTERNAL with a message when it cannot be written (a full disk). */
int cb_cli_print(const char *text, size_t length);

/* ---- parse.c: values of options ---- */

/* "64M", "1.5GiB", "2GB", "4096": K, M, G, T (and KiB …) are powers of 1024, KB, MB … of 1000. -EINVAL,
 * -ERANGE. */
int cb_parse_size(const char *text, uint64_t *out);
/* Seconds, more than 0. */
int cb_parse_seconds(const char *text, double *out);
/* A decimal number between `low` and `high`. */
int cb_parse_count(const char *text, uint32_t low, uint32_t high, uint32_t *out);

/* ---- workspace.c ---- */

/* Why `dir` must not be a workspace by default: a phrase such as "is a home directory", or NULL when it may.
 * All paths are absolute and free of links; `homes` are the home directories known. Pure. */
const char *cb_workspace_refusal(const char *dir, const char *const *homes, size_t n_homes);

/* The directory of the notebook, resolved (caller frees), or the refusal as an error of CB_EXIT_USAGE. */
int cb_workspace_default(const char *notebook, char **out, struct cb_error *err);

/* Where the store is: `named`, else $XDG_DATA_HOME/cellblock, else ~/.local/share/cellblock; NULL when
 * neither variable is set. Need not exist. Caller frees. */
char *cb_store_place(const char *named);

/* A store inside the workspace would show the notebook every run there was, and overlayfs refuses layers that
 * contain each other (ELOOP). `workspace` is resolved. */
int cb_workspace_check_store(const char *workspace, const char *store, struct cb_error *err);

#endif
