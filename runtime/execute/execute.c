#include "runtime/execute/execute.h"
#include "analyzer/analyzer.h"
#include "runtime/execute/report.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

/* The first error of the run decides how it ends. */
struct outcome {
    enum cb_exit exit;
    const char *status;
    struct cb_error error;
};

struct running {
    struct cb_run_context context;
    struct cb_image *image;
    struct cb_report *report;
    json_t *history;           /* sources of executed cells */
    struct cb_analysis *analysis; /* what its cells will probably read and write */
    bool *wants_results;       /* [i]: some cell after i may read results of earlier cells */
    int workspace_fd, signal_fd;
    sigset_t old_mask;
    struct outcome outcome;
    size_t committed;
    struct cb_live spare;      /* the next cell, made ready while this one runs */
    double last_write, write_cost;
};

static const char *status_name(enum cb_exit exit)
{
    switch (exit) {
    case CB_EXIT_OK:
        return "ok";
    case CB_EXIT_LIMIT:
        return "limit";
    case CB_EXIT_VIOLATION:
        return "violation";
    case CB_EXIT_INTERRUPTED:
        return "interrupted";
    default:
        return "error";
    }
}

static void end_with(struct running *r, const struct cb_error *why)
{
    r->outcome.exit = why->exit;
    r->outcome.error = *why;
}

static void notice(const struct running *r, const char *text)
{
    const struct cb_progress *p = r->context.options->progress;
    if (p && p->notice)
        p->notice(p->context, text);
}

static void event(const struct running *r, int cell, const char *what)
{
    FILE *events = r->context.options->events;
    if (!events)
        return;
    fprintf(events, "{\"t\": %.6f, \"cell\": %d, \"event\": \"%s\"}\n", cb_monotonic() - r->context.started, cell, what);
    fflush(events);
}

/* ---- preparing ---- */

static int open_workspace(struct running *r, struct cb_error *err)
{
    const char *path = r->context.options->workspace;
    if (!path)
        return 0;
    r->workspace_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (r->workspace_fd >= 0)
        return 0;
    int code = cb_fail_errno(err, -errno, "workspace", "cannot open the workspace %.300s", path);
    if (err)
        err->exit = CB_EXIT_USAGE;
    cb_error_remedy(err, "name a directory that you can read with --workspace, or --workspace none");
    return code;
}

static void say_hidden(struct running *r, const char *const *hidden)
{
    cleanup_buffer struct cb_buffer text = {0};
    size_t n = 0;
    for (; hidden && hidden[n]; n++)
        if (n < 5)
            cb_buffer_addf(&text, "%s%s", n ? ", " : "", hidden[n]);
    if (n == 0)
        return;
    if (n > 5)
        cb_buffer_addf(&text, " and %zu more", n - 5);
    cleanup_free char *line =
        cb_format("hidden from the notebook, since it may hold credentials: %s (--show-hidden shows it)", text.text);
    notice(r, line);
}

/* The output notebook appears in the workspace while cells run if it lies there, as it does by default. One that was there
 * before stays visible: Jupyter's cells would see it, too. */
static int hide_output(struct running *r, struct cb_error *err)
{
    const char *output = r->context.options->output, *slash = strrchr(output, '/');
    if (strcmp(output, "-") == 0 || access(output, F_OK) == 0)
        return 0;
    cleanup_free char *folder = slash ? cb_format("%.*s", (int)(slash - output + 1), output) : cb_strdup(".");
    cleanup_free char *real = realpath(folder, NULL);
    cleanup_free char *workspace = realpath(r->context.options->workspace, NULL);
    size_t n = workspace ? strlen(workspace) : 0;
    if (!real || !workspace || strncmp(real, workspace, n) != 0 || (real[n] != '/' && real[n] != '\0'))
        return 0;
    cleanup_free char *path = cb_format("%s%s%s", real[n] ? real + n + 1 : "", real[n] ? "/" : "",
                                        slash ? slash + 1 : output);
    return cb_run_hide(r->context.run, r->workspace_fd, path, err);
}

static int prepare_workspace(struct running *r, int *mask_fd, struct cb_error *err)
{
    *mask_fd = -1;
    int code = open_workspace(r, err);
    if (code < 0 || r->workspace_fd < 0)
        return code;
    if (r->context.options->show_hidden)
        cb_run_show_hidden(r->context.run);
    if (geteuid() == 0) {
        size_t copied = 0, left_out = 0;
        code = cb_run_readable(r->context.run, r->workspace_fd, &copied, &left_out, err);
        if (code < 0)
            return code;
        if (left_out > 0) {
            cleanup_free char *line = cb_format("%zu files of the workspace belong to others, could not be copied for the "
                                                "notebook and are unreadable for it", left_out);
            notice(r, line);
        }
    }
    if ((code = hide_output(r, err)) < 0)
        return code;
    const char *const *hidden = NULL;
    code = cb_run_mask(r->context.run, r->workspace_fd, mask_fd, &hidden, err);
    if (code >= 0)
        say_hidden(r, hidden);
    return code;
}

/* Caches that the image's own code makes in its home while the zygote loads it (matplotlib's list of fonts) are kept from run to run. Only
 * the zygote sees this directory, never a cell. -1 where it cannot be had: then the caches are made anew. */
static int image_cache(const struct running *r)
{
    cleanup_free char *parent = cb_format("%s/cache", cb_store_path(r->context.store));
    cleanup_free char *path = cb_format("%s/%s-%u.1", parent, r->image->name, (unsigned)cb_sandbox_host_id());
    (void)mkdir(parent, 0711);
    if (mkdir(path, 0700) == 0 && geteuid() == 0 && chown(path, cb_sandbox_host_id(), cb_sandbox_host_id()) < 0)
        return -1;
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int open_sandbox(struct running *r, struct cb_error *err)
{
    const struct cb_run_options *o = r->context.options;
    const struct cb_image *image = r->image;
    int mask_fd;
    int code = prepare_workspace(r, &mask_fd, err);
    if (code < 0)
        return code;
    cleanup_free struct cb_mount *mounts = cb_alloc(image->n_entries * sizeof *mounts);
    for (size_t i = 0; i < image->n_entries; i++)
        mounts[i] = (struct cb_mount){(enum cb_mount_kind)image->entries[i].kind, image->entries[i].target,
                                      image->entries[i].source};
    struct cb_sandbox_config config = {
        .mounts = mounts,
        .n_mounts = image->n_entries,
        .workspace_fd = r->workspace_fd,
        .mask_fd = mask_fd,
        .run_fd = cb_run_fd(r->context.run),
        .home = image->home,
        .hostname = "cellblock",
        .cache_fd = image_cache(r),
        .limits = {.memory_bytes = o->memory_bytes,
                   .file_bytes = o->disk_bytes ? o->disk_bytes : 16ull << 30,
                   .shm_bytes = 1ull << 30,
                   .processes = o->processes ? o->processes : 1024,
                   .descriptors = 4096},
    };
    code = cb_sandbox_open(&config, &r->context.sandbox, err);
    if (config.cache_fd >= 0)
        close(config.cache_fd);
    if (mask_fd >= 0)
        close(mask_fd);
    return code;
}

/* A module of the workspace shadows one of the image, so it must not be preloaded. */
static bool shadowed(const struct running *r, const char *module)
{
    if (r->workspace_fd < 0)
        return false;
    size_t n = strcspn(module, ".");
    cleanup_free char *file = cb_format("%.*s.py", (int)n, module);
    cleanup_free char *folder = cb_format("%.*s", (int)n, module);
    struct stat s;
    return fstatat(r->workspace_fd, file, &s, 0) == 0 || fstatat(r->workspace_fd, folder, &s, 0) == 0;
}

/* `%matplotlib` imports matplotlib as surely as a statement does. */
static void add_implied(struct cb_imports *imports, const char *const *sources, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        /* So does sympy's init_printing, which draws formulas with it. */
        if (!strstr(sources[i], "%matplotlib") && !strstr(sources[i], "%pylab") && !strstr(sources[i], "init_printing("))
            continue;
        imports->names = cb_realloc(imports->names, (imports->n + 1) * sizeof *imports->names);
        imports->names[imports->n++] = cb_strdup("matplotlib.pyplot");
        return;
    }
}

static int start_zygote(struct running *r, struct cb_error *err)
{
    size_t n = cb_notebook_cells(r->context.notebook);
    cleanup_free const char **sources = cb_alloc((n + 1) * sizeof *sources);
    cleanup_free struct cb_source *cells = cb_alloc((n + 1) * sizeof *cells);
    for (size_t i = 0; i < n; i++) {
        struct cb_code_cell cell;
        cb_notebook_cell(r->context.notebook, i, &cell);
        sources[i] = cell.skip ? "" : cell.source;
        cells[i] = (struct cb_source){sources[i], cell.skip ? 0 : cell.source_length};
    }
    r->analysis = cb_analyze(cells, n);
    cb_report_expect(r->report, r->analysis);
    struct cb_imports imports;
    cb_analysis_imports(r->analysis, &imports);
    add_implied(&imports, sources, n);
    size_t kept = 0;
    for (size_t i = 0; i < imports.n; i++) {
        if (shadowed(r, imports.names[i]))
            free(imports.names[i]);
        else
            imports.names[kept++] = imports.names[i];
    }
    imports.n = kept;
    r->wants_results = cb_alloc((n + 1) * sizeof *r->wants_results);
    for (size_t i = n; i-- > 1;)
        r->wants_results[i - 1] = r->wants_results[i] || cb_analysis_reads_history(r->analysis, i);
    int code = cb_zygote_start(r->context.sandbox, r->image, imports.names, imports.n, r->context.options->env,
                               &r->context.zygote, err);
    cb_imports_free(&imports);
    return code;
}

static int prepare(struct running *r, struct cb_error *err)
{
    const struct cb_progress *p = r->context.options->progress;
    if (p && p->preparing)
        p->preparing(p->context, "preparing");
    int code = cb_image_open(r->context.options->image, &r->image, err);
    if (code >= 0)
        code = cb_store_open(r->context.options->store, &r->context.store, err);
    if (code >= 0)
        code = cb_run_open(r->context.store, cb_sandbox_host_id(), &r->context.run, err);
    if (code >= 0)
        code = open_sandbox(r, err);
    if (code >= 0)
        code = start_zygote(r, err);
    if (code < 0)
        return code;
    json_t *info = json_object_get(r->context.zygote.ready, "language_info");
    if (json_is_object(info))
        cb_notebook_set_language_info(r->context.notebook, json_incref(info));
    cb_notebook_set_metadata(r->context.notebook, "cellblock",
                             json_pack("{s:s, s:s, s:s}", "run", cb_run_id(r->context.run), "image", r->image->digest,
                                       "version", CB_VERSION));
    return 0;
}

/* ---- the loop ---- */

static void interrupted(struct running *r, struct cb_live *live)
{
    struct signalfd_siginfo info;
    (void)!read(r->signal_fd, &info, sizeof info);
    struct cb_error e = CB_ERROR_INIT;
    cb_fail(&e, -EINTR, CB_EXIT_INTERRUPTED, "run", "interrupted");
    cb_error_remedy(&e, "what had finished is in the output notebook");
    if (live) {
        e.cell = live->index;
        cb_live_abort(live, CB_EXIT_INTERRUPTED, "interrupt", "interrupted", e.remedy);
    }
    end_with(r, &e);
}

static void check_deadlines(struct running *r, struct cb_live *live)
{
    const struct cb_run_options *o = r->context.options;
    double now = cb_monotonic();
    char text[160];
    if (live->deadline > 0 && now > live->deadline) {
        snprintf(text, sizeof text, live->executed ? "saving the cell's variables took too long"
                                                   : "the cell ran longer than %g seconds", o->timeout);
        cb_live_abort(live, CB_EXIT_LIMIT, "timeout", text, "give it more time with --timeout");
    } else if (o->total_timeout > 0 && now > r->context.started + o->total_timeout) {
        snprintf(text, sizeof text, "the run took longer than %g seconds", o->total_timeout);
        cb_live_abort(live, CB_EXIT_LIMIT, "timeout", text, "give it more time with --total-timeout");
    }
}

static int wait_milliseconds(const struct running *r, const struct cb_live *live)
{
    double now = cb_monotonic(), until = now + 0.1;
    if (live->deadline > 0 && live->deadline < until)
        until = live->deadline;
    double total = r->context.options->total_timeout;
    if (total > 0 && r->context.started + total < until)
        until = r->context.started + total;
    return until > now ? (int)((until - now) * 1000) + 1 : 0;
}

/* The code cell that runs after `index`, or -1. */
static int next_cell(const struct running *r, size_t index)
{
    for (size_t i = index + 1; i < cb_notebook_cells(r->context.notebook); i++) {
        struct cb_code_cell code;
        cb_notebook_cell(r->context.notebook, i, &code);
        if (!code.blank && !code.skip)
            return (int)i;
    }
    return -1;
}

static void prepare_next(struct running *r, size_t index)
{
    int next = next_cell(r, index);
    if (next >= 0)
        (void)cb_live_prepare(&r->context, &r->spare, next, NULL); /* if it fails, it will be told when it is needed */
}

static void run_to_its_end(struct running *r, struct cb_live *live)
{
    const struct cb_progress *p = r->context.options->progress;
    bool next_made = false;
    while (live->state == CB_LIVE_RUNNING) {
        int fds[CB_LIVE_FDS];
        cb_live_fds(live, fds);
        struct pollfd polled[CB_LIVE_FDS + 2];
        for (int i = 0; i < CB_LIVE_FDS; i++)
            polled[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
        bool unsettled = r->spare.state == CB_LIVE_READY && !r->spare.settled;
        polled[CB_LIVE_FDS] = (struct pollfd){.fd = r->signal_fd, .events = POLLIN};
        polled[CB_LIVE_FDS + 1] = (struct pollfd){.fd = unsettled ? r->spare.channel.fd : -1, .events = POLLIN};
        int ready = poll(polled, CB_LIVE_FDS + 2, wait_milliseconds(r, live));
        if (ready > 0 && polled[CB_LIVE_FDS].revents)
            interrupted(r, live);
        else if (ready > 0)
            cb_live_step(&r->context, live);
        if (live->state == CB_LIVE_RUNNING && ready > 0 && polled[3].revents && !polled[0].revents) {
            /* The process is gone but a child of it still holds the socket: that is a death as well. */
            cb_live_step(&r->context, live);
            cb_live_abort(live, CB_EXIT_LIMIT, "run", "the cell's process died", "");
        }
        if (ready > 0 && polled[CB_LIVE_FDS + 1].revents)
            cb_live_settle(&r->context, &r->spare);
        /* Not before this cell has begun: it may be waiting for an answer until then. */
        if (live->begun && !next_made && live->state == CB_LIVE_RUNNING) {
            next_made = true;
            prepare_next(r, (size_t)live->index);
        }
        check_deadlines(r, live);
        if (p && p->tick)
            p->tick(p->context, cb_monotonic() - live->t_start);
    }
}

static void write_output(struct running *r, bool last)
{
    const char *path = r->context.options->output;
    double now = cb_monotonic();
    /* Writing a large notebook after each of many short cells would cost more than running it. */
    if (!last && (strcmp(path, "-") == 0 || now - r->last_write < 20 * r->write_cost))
        return;
    struct cb_error err = CB_ERROR_INIT;
    if (cb_notebook_write(r->context.notebook, path, &err) < 0 && last && r->outcome.exit == CB_EXIT_OK)
        end_with(r, &err);
    r->last_write = cb_monotonic();
    r->write_cost = r->last_write - now;
}

static void cell_raised(struct running *r, const struct cb_live *live)
{
    struct cb_error e = CB_ERROR_INIT;
    const char *evalue = live->evalue ? live->evalue : "";
    if (live->ename)
        cb_fail(&e, -ECANCELED, CB_EXIT_RAISED, "", "raised %.80s: %.400s", live->ename, evalue);
    else
        cb_fail(&e, -ECANCELED, CB_EXIT_RAISED, "", "a magic reported an error");
    cb_error_remedy(&e, "the traceback is in the output notebook; --allow-errors goes on after an error");
    e.cell = live->index;
    end_with(r, &e);
}

static void warn_live(struct running *r, const struct cb_live *live)
{
    size_t i;
    json_t *thing;
    json_array_foreach (live->live_things, i, thing) {
        if (i == 5)
            return;
        cleanup_free char *text =
            cb_format("cell %d left a running %.200s behind; it was stopped with the cell, later cells cannot see it",
                      live->index + 1, /* people count from 1 */ json_is_string(thing) ? json_string_value(thing) : "thing");
        notice(r, text);
    }
}

#define PUT_BACK "@a:another cell's " /* values.py: a component that was carried, and could not be put in place here */

/* Ambient state that could not be carried is said at once: no later cell will stumble over it by name. */
static void warn_ambient(struct running *r, const struct cb_live *live)
{
    for (size_t i = 0; i < live->commit.n_uncopyable; i++) {
        const struct cb_uncopyable *u = &live->commit.uncopyable[i];
        if (strncmp(u->root, "@a:", 3) != 0)
            continue;
        const char *why = u->reason ? u->reason : u->type;
        bool late = strncmp(u->root, PUT_BACK, strlen(PUT_BACK)) == 0;
        cleanup_free char *text =
            late ? cb_format("what earlier cells changed in %.100s could not be put in place for cell %d: %.300s",
                             u->root + strlen(PUT_BACK), live->index + 1, why)
                 : cb_format("what cell %d changed in %.100s cannot be carried to later cells: %.300s", live->index + 1,
                             u->root + 3, why);
        notice(r, text);
    }
}

/* Returns false when the run ends here. */
static bool run_cell(struct running *r, size_t index, int count)
{
    const struct cb_run_options *o = r->context.options;
    const struct cb_progress *p = o->progress;
    struct cb_code_cell code;
    cb_notebook_cell(r->context.notebook, index, &code);
    if (p && p->started)
        p->started(p->context, index, cb_notebook_cells(r->context.notebook), code.source);
    event(r, (int)index, "start");
    cb_notebook_begin(r->context.notebook, index, count);
    double now = cb_realtime();
    cb_notebook_stamp(r->context.notebook, index, CB_STAMP_BUSY, now);
    cb_notebook_stamp(r->context.notebook, index, CB_STAMP_INPUT, now);
    struct cb_live live = r->spare;
    r->spare = (struct cb_live){0};
    struct cb_error err = CB_ERROR_INIT;
    json_t *history = cb_analysis_reads_history(r->analysis, index) ? r->history : NULL;
    if (cb_live_start(&r->context, &live, (int)index, count, r->wants_results[index], history, &err) < 0) {
        end_with(r, &err);
        return false;
    }
    run_to_its_end(r, &live);
    event(r, (int)index, "execute");
    cb_live_finish(&r->context, &live);
    bool dead = live.state == CB_LIVE_DEAD;
    bool go_on = !dead && (!live.raised || o->allow_errors || code.raises_exception);
    const char *status = dead || !go_on ? "failed" : "committed";
    cb_report_cell(r->report, &r->context, &live, status);
    cb_notebook_set_cell_metadata(r->context.notebook, index, "cellblock", cb_report_metadata(r->report, index, status));
    event(r, (int)index, dead || !go_on ? "fail" : "commit");
    warn_live(r, &live);
    warn_ambient(r, &live);
    if (dead) {
        if (r->outcome.exit == CB_EXIT_OK)
            end_with(r, &live.error);
    } else if (!go_on) {
        cell_raised(r, &live);
    } else {
        r->committed++;
    }
    json_array_append_new(r->history, json_stringn(code.source, code.source_length));
    if (p && p->finished)
        p->finished(p->context, index, cb_notebook_cells(r->context.notebook), status, live.t_end - live.t_start);
    cb_live_free(&live);
    return go_on && r->outcome.exit == CB_EXIT_OK;
}

static bool pending_signal(struct running *r)
{
    struct pollfd wait = {.fd = r->signal_fd, .events = POLLIN};
    if (poll(&wait, 1, 0) <= 0)
        return false;
    interrupted(r, NULL);
    return true;
}

static void run_cells(struct running *r)
{
    size_t n = cb_notebook_cells(r->context.notebook);
    int count = 0;
    for (size_t i = 0; i < n; i++) {
        struct cb_code_cell code;
        cb_notebook_cell(r->context.notebook, i, &code);
        if (code.blank || code.skip)
            continue;
        if (pending_signal(r) || !run_cell(r, i, ++count))
            return;
        write_output(r, false);
    }
}

static void open_signals(struct running *r)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, &r->old_mask);
    signal(SIGPIPE, SIG_IGN);
    r->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void finish_run(struct running *r)
{
    struct cb_error err = CB_ERROR_INIT;
    const struct cb_run_options *o = r->context.options;
    int code = cb_run_finish(r->context.run, o->notebook, r->outcome.status, &err);
    size_t n_files = 0;
    if (code >= 0 && o->files)
        code = cb_run_export(r->context.run, o->files, &n_files, &err);
    if (code < 0 && r->outcome.exit == CB_EXIT_OK)
        end_with(r, &err);
}

int cb_execute(struct cb_notebook *notebook, const struct cb_run_options *options, struct cb_run_report *report)
{
    struct running r = {
        .context = {.options = options, .notebook = notebook, .started = cb_monotonic()},
        .workspace_fd = -1,
        .signal_fd = -1,
        .outcome = {.exit = CB_EXIT_OK, .error = CB_ERROR_INIT},
    };
    r.context.zygote = (struct cb_zygote){.control = -1, .pidfd = -1, .log_fd = -1};
    r.context.roots = cb_roots_new();
    r.report = cb_report_new(cb_notebook_cells(notebook));
    r.history = json_array();
    open_signals(&r);
    struct cb_error err = CB_ERROR_INIT;
    bool prepared = prepare(&r, &err) >= 0;
    if (prepared)
        run_cells(&r);
    else
        end_with(&r, &err);
    r.outcome.status = status_name(r.outcome.exit);
    cb_live_discard(&r.context, &r.spare);
    cb_zygote_close(&r.context.zygote);
    cb_sandbox_close(r.context.sandbox);
    if (prepared) {
        write_output(&r, true);
        finish_run(&r);
    }
    double seconds = cb_monotonic() - r.context.started;
    *report = (struct cb_run_report){
        .exit = r.outcome.exit,
        .json = cb_report_json(r.report, &r.context, status_name(r.outcome.exit), seconds),
        .committed = r.committed,
        .cells = cb_notebook_cells(notebook),
        .seconds = seconds,
        .error = r.outcome.error,
    };
    cb_report_free(r.report);
    cb_run_close(r.context.run);
    cb_store_close(r.context.store);
    cb_image_close(r.image);
    cb_roots_free(r.context.roots);
    json_decref(r.history);
    free(r.wants_results);
    cb_analysis_free(r.analysis);
    if (r.workspace_fd >= 0)
        close(r.workspace_fd);
    if (r.signal_fd >= 0)
        close(r.signal_fd);
    sigprocmask(SIG_SETMASK, &r.old_mask, NULL);
    return (int)r.outcome.exit;
}
