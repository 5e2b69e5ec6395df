/* progress: what `run` shows while it goes on: one line that changes on a terminal, a line a cell elsewhere.
 */
#ifndef CB_CLI_PROGRESS_H
#define CB_CLI_PROGRESS_H

#include "runtime/cli/options.h"
#include "runtime/execute/execute.h"

struct cb_progress_view {
    FILE *to;
    enum { CB_VIEW_NONE, CB_VIEW_PLAIN, CB_VIEW_LIVE } kind;
    const char *activity;     /* before the first cell */
    size_t done, cells, cell; /* `cell` runs now, from 0 */
    bool running, drawn;
    double since, drawn_at, begun; /* monotonic */
    struct cb_buffer source;       /* first line of the running cell, neutralised */
};

/* A view on standard error; AUTO is live on a terminal that can move its cursor. Closed with cb_progress_end.
 */
void cb_progress_begin(struct cb_progress_view *view, enum cb_progress_mode mode);
struct cb_progress cb_progress_callbacks(struct cb_progress_view *view);
/* Remove the changing line, free what is held. */
void cb_progress_end(struct cb_progress_view *view);

/* ---- for tests: what would be shown ---- */
void cb_progress_live_line(const struct cb_progress_view *view, double now, size_t columns,
                           struct cb_buffer *out);
void cb_progress_plain_line(const struct cb_progress_view *view, size_t cell, const char *status,
                            double seconds, struct cb_buffer *out);
/* First line of code that is neither blank nor only a comment, else the first line that is not blank,
 * neutralised. */
void cb_progress_first_line(const char *source, struct cb_buffer *out);
/* "0.12 s", "12.3 s", "2 min 05 s", "1 h 02 min" */
void cb_progress_seconds(double seconds, struct cb_buffer *out);

#endif
