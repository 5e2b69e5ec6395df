#include "runtime/cli/progress.h"

#include <string.h>
#include <sys/ioctl.h>

#include "runtime/cli/cli.h"

#define REDRAW_SECONDS                                                                                       \
    0.05 /* a notebook of a thousand short cells must not be slowed down by its progress                     \
          */

void cb_progress_seconds(double seconds, struct cb_buffer *out)
{
    if (seconds < 0)
        seconds = 0;
    if (seconds < 9.995)
        cb_buffer_addf(out, "%.2f s", seconds);
    else if (seconds < 59.95)
        cb_buffer_addf(out, "%.1f s", seconds);
    else if (seconds < 3599.5)
        cb_buffer_addf(out, "%d min %02d s", (int)(seconds + 0.5) / 60, (int)(seconds + 0.5) % 60);
    else
        cb_buffer_addf(out, "%d h %02d min", (int)(seconds / 3600), (int)(seconds / 60) % 60);
}

void cb_progress_first_line(const char *source, struct cb_buffer *out)
{
    const char *line = NULL, *comment = NULL;
    size_t length = 0, comment_length = 0;
    cb_buffer_adds(out, "");
    for (const char *p = source; *p && !line;) {
        size_t n = strcspn(p, "\n"), blank = strspn(p, " \t\r");
        if (blank > n)
            blank = n;
        if (blank < n && p[blank] != '#') {
            line = p + blank;
            length = n - blank;
        } else if (blank < n && !comment) {
            comment = p + blank;
            comment_length = n - blank;
        }
        p += n + (p[n] == '\n');
    }
    if (!line) {
        line = comment ? comment : "";
        length = comment_length;
    }
    /* Nobody reads more than a screen's width; a line of a million characters is cut before it is decoded. */
    cb_terminal_add(out, line, length < 600 ? length : 600, CB_ONE_LINE);
}

void cb_progress_live_line(const struct cb_progress_view *view, double now, size_t columns,
                           struct cb_buffer *out)
{
    if (!view->running && view->cells == 0) {
        cb_buffer_addf(out, "%s  ", view->activity ? view->activity : "starting");
        cb_progress_seconds(now - view->begun, out);
    } else {
        cb_buffer_addf(out, "%zu/%zu cells", view->done, view->cells);
        if (view->running) {
            cb_buffer_addf(out, "  cell %zu  ", view->cell + 1);
            cb_progress_seconds(now - view->since, out);
            cb_buffer_addf(out, "  %s", view->source.text ? view->source.text : "");
        }
    }
    /* One column stays free: some terminals wrap as soon as the last one is written. */
    cb_terminal_fit(out, columns > 1 ? columns - 1 : 1);
}

void cb_progress_plain_line(const struct cb_progress_view *view, size_t cell, const char *status,
                            double seconds, struct cb_buffer *out)
{
    cb_buffer_addf(out, "cell %zu/%zu %s  ", cell + 1, view->cells, status);
    cb_progress_seconds(seconds, out);
    cleanup_buffer struct cb_buffer source = {0};
    if (view->source.length) {
        cb_buffer_add(&source, view->source.text, view->source.length);
        cb_terminal_fit(&source, 80);
        cb_buffer_addf(out, "  %s", source.text);
    }
    cb_buffer_adds(out, "\n");
}

static void put(const struct cb_progress_view *view, const struct cb_buffer *text)
{
    if (text->length)
        (void)cb_write_full(fileno(view->to), text->text, text->length);
}

static void erase(struct cb_progress_view *view, struct cb_buffer *out)
{
    if (view->drawn)
        cb_buffer_adds(out, "\r\x1b[K");
    view->drawn = false;
}

static void draw(struct cb_progress_view *view, bool now_please)
{
    double now = cb_monotonic();
    if (view->kind != CB_VIEW_LIVE || (!now_please && now - view->drawn_at < REDRAW_SECONDS))
        return;
    struct winsize size = {0};
    size_t columns = ioctl(fileno(view->to), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
    cleanup_buffer struct cb_buffer line = {0}, out = {0};
    cb_progress_live_line(view, now, columns, &line);
    cb_buffer_addf(&out, "\r%s\x1b[K", line.text);
    put(view, &out);
    view->drawn = true;
    view->drawn_at = now;
}

static void preparing(void *context, const char *what)
{
    struct cb_progress_view *view = context;
    view->activity = what;
    draw(view, false);
}

static void started(void *context, size_t cell, size_t n_cells, const char *source)
{
    struct cb_progress_view *view = context;
    view->cell = cell;
    view->cells = n_cells;
    view->running = true;
    view->since = cb_monotonic();
    view->source.length = 0;
    cb_progress_first_line(source ? source : "", &view->source);
    draw(view, false);
}

static void tick(void *context, double seconds)
{
    (void)seconds;
    draw(context, false);
}

static void finished(void *context, size_t cell, size_t n_cells, const char *status, double seconds)
{
    struct cb_progress_view *view = context;
    view->cells = n_cells;
    view->done++;
    if (view->kind == CB_VIEW_PLAIN) {
        cleanup_buffer struct cb_buffer out = {0};
        if (!view->running || view->cell != cell)
            view->source.length = 0;
        cb_progress_plain_line(view, cell, status, seconds, &out);
        put(view, &out);
    }
    view->running = false;
    draw(view, false);
}

static void notice(void *context, const char *text)
{
    struct cb_progress_view *view = context;
    cleanup_buffer struct cb_buffer out = {0};
    erase(view, &out);
    put(view, &out);
    cb_cli_note(text);
}

/* A terminal that can move its cursor; "dumb" is what editors and CI logs announce. */
static bool is_live(FILE *to)
{
    const char *term = getenv("TERM");
    return isatty(fileno(to)) && term && *term && strcmp(term, "dumb") != 0;
}

void cb_progress_begin(struct cb_progress_view *view, enum cb_progress_mode mode)
{
    *view = (struct cb_progress_view){.to = stderr, .begun = cb_monotonic()};
    view->kind = mode == CB_PROGRESS_NONE                        ? CB_VIEW_NONE
                 : mode == CB_PROGRESS_AUTO && is_live(view->to) ? CB_VIEW_LIVE
                                                                 : CB_VIEW_PLAIN;
}

struct cb_progress cb_progress_callbacks(struct cb_progress_view *view)
{
    struct cb_progress callbacks = {.context = view, .notice = notice};
    if (view->kind != CB_VIEW_NONE) {
        callbacks.preparing = preparing;
        callbacks.started = started;
        callbacks.tick = tick;
        callbacks.finished = finished;
    }
    return callbacks;
}

void cb_progress_end(struct cb_progress_view *view)
{
    cleanup_buffer struct cb_buffer out = {0};
    erase(view, &out);
    put(view, &out);
    cb_buffer_free(&view->source);
}
