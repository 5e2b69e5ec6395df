#include "runtime/execute/live.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define DEFAULT_OUTPUT (64ull << 20)
#define DEFAULT_DISK (16ull << 30)
#define HARVEST_FILES 1000000u
#define HARVEST_DEPTH 512u
#define SEND_SECONDS 30.0
#define DEATH_SECONDS 10.0
#define COMMIT_SECONDS 600.0

/* ---- starting ---- */

static int open_sandbox(struct cb_run_context *run, struct cb_live *live, struct cb_error *err)
{
    struct cb_cell_spec spec = {.index = live->index};
    const char *upper[3], *work[3];
    int code = cb_run_uppers(run->run, live->index, upper, work, live->upper_fds, err);
    for (int tree = 0; code >= 0 && tree < 3; tree++) {
        spec.upper[tree] = upper[tree];
        spec.workdir[tree] = work[tree];
        code = cb_run_lowers(run->run, tree, &spec.lowers[tree], &spec.n_lowers[tree], err);
    }
    if (code >= 0)
        code = cb_cell_open(run->sandbox, &spec, &live->cell, err);
    live->open = code >= 0;
    return code;
}

static int fork_cell(struct cb_run_context *run, struct cb_live *live, struct cb_error *err)
{
    int pair[2], out[2], errors[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return cb_fail_errno(err, -errno, "start", "cannot make a socket");
    live->channel.fd = pair[0];
    cleanup_close int theirs = pair[1];
    if (pipe2(out, O_CLOEXEC) < 0)
        return cb_fail_errno(err, -errno, "start", "cannot make a pipe");
    live->streams[0].fd = out[0];
    cleanup_close int out_end = out[1];
    if (pipe2(errors, O_CLOEXEC) < 0)
        return cb_fail_errno(err, -errno, "start", "cannot make a pipe");
    live->streams[1].fd = errors[0];
    cleanup_close int err_end = errors[1];
    /* Our ends only: the cell's must block, as Python expects of its standard streams. */
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    fcntl(errors[0], F_SETFL, O_NONBLOCK);
    (void)fcntl(out[0], F_SETPIPE_SZ, 1 << 18);
    struct cb_cell_fds fds = {theirs, out_end, err_end, live->spool};
    live->birth = ++run->births;
    return cb_zygote_request(&run->zygote, live->birth, &live->cell, &fds, err);
}

/* The child says `hello` once it is inside; then we check that for ourselves. */
static int check_hello(struct cb_run_context *run, struct cb_live *live, const json_t *frame, struct cb_error *err)
{
    const char *op = json_string_value(json_object_get(frame, "op"));
    if (!op || strcmp(op, "hello") != 0) {
        const char *why = json_string_value(json_object_get(frame, "message"));
        cb_fail(err, -EPERM, CB_EXIT_HOST, "enter", "the cell could not enter its sandbox: %.300s", why ? why : "?");
        cb_error_remedy(err, "run `cellblock doctor`");
        return -EPERM;
    }
    int code = cb_zygote_collect(&run->zygote, live->birth, &live->pidfd, err);
    if (code >= 0)
        code = cb_cell_verify(run->sandbox, &live->cell, live->pidfd, err);
    live->settled = code >= 0;
    return code;
}

static int await_hello(struct cb_run_context *run, struct cb_live *live, struct cb_error *err)
{
    double deadline = cb_monotonic() + SEND_SECONDS;
    json_t *frame = NULL;
    int code;
    while ((code = cb_channel_receive(&live->channel, &frame)) == 0) {
        struct pollfd wait = {.fd = live->channel.fd, .events = POLLIN};
        double left = deadline - cb_monotonic();
        if (left <= 0 || (poll(&wait, 1, (int)(left * 1000) + 1) == 0))
            return cb_fail(err, -ETIMEDOUT, CB_EXIT_INTERNAL, "start", "the cell's process did not come up in time");
    }
    if (code < 0)
        return cb_fail(err, code, CB_EXIT_INTERNAL, "start", "the cell's process died while entering its sandbox");
    code = check_hello(run, live, frame, err);
    json_decref(frame);
    return code;
}

static int send_start(struct cb_run_context *run, struct cb_live *live, bool keep_results, json_t *history)
{
    struct cb_code_cell code;
    cb_notebook_cell(run->notebook, (size_t)live->index, &code);
    json_t *start = json_pack("{s:s, s:i, s:i, s:s%, s:o, s:o, s:b, s:O?}", "op", "start", "index", live->index, "count",
                              live->count, "source", code.source, code.source_length, "visible",
                              cb_roots_visible(run->roots), "eager", cb_roots_ambient(run->roots), "keep_results",
                              keep_results, "history", history);
    return start ? cb_channel_send(&live->channel, start, -1, SEND_SECONDS) : -EINVAL;
}

static void set_up(struct cb_live *live, int index)
{
    *live = (struct cb_live){.index = index, .pidfd = -1, .spool = -1, .upper_fds = {-1, -1, -1}};
    live->channel.fd = -1;
    live->streams[0] = (struct cb_stream){.fd = -1, .name = "stdout"};
    live->streams[1] = (struct cb_stream){.fd = -1, .name = "stderr"};
    live->error = (struct cb_error)CB_ERROR_INIT;
    live->reads = json_array();
    live->negative = json_array();
}

static void release(struct cb_run_context *run, struct cb_live *live)
{
    if (live->open)
        cb_cell_close(run->sandbox, &live->cell, DEATH_SECONDS, NULL, NULL);
    live->open = false;
    cb_run_discard(run->run, live->index);
    cb_live_free(live);
    live->state = CB_LIVE_NONE;
}

int cb_live_prepare(struct cb_run_context *run, struct cb_live *live, int index, struct cb_error *err)
{
    set_up(live, index);
    int code = open_sandbox(run, live, err);
    if (code >= 0)
        code = cb_run_spool(run->run, index, &live->spool, err);
    if (code >= 0)
        code = fork_cell(run, live, err);
    live->file_layers = run->file_layers;
    live->state = CB_LIVE_READY;
    if (code < 0)
        release(run, live);
    return code;
}

void cb_live_settle(struct cb_run_context *run, struct cb_live *live)
{
    json_t *frame = NULL;
    if (live->state != CB_LIVE_READY || live->settled)
        return;
    int code = cb_channel_receive(&live->channel, &frame);
    if (code == 0)
        return;
    /* Whatever is wrong with it will be told when it is prepared again, and needed. */
    if (code < 0 || check_hello(run, live, frame, NULL) < 0)
        release(run, live);
    json_decref(frame);
}

void cb_live_discard(struct cb_run_context *run, struct cb_live *live)
{
    if (live->state == CB_LIVE_READY)
        release(run, live);
}

int cb_live_start(struct cb_run_context *run, struct cb_live *live, int index, int count, bool keep_results,
                  json_t *history, struct cb_error *err)
{
    double started = cb_monotonic();
    if (live->state == CB_LIVE_READY && (live->index != index || live->file_layers != run->file_layers))
        cb_live_discard(run, live);
    int code = 0;
    if (live->state != CB_LIVE_READY)
        code = cb_live_prepare(run, live, index, err);
    if (code >= 0 && !live->settled)
        code = await_hello(run, live, err);
    live->count = count;
    live->t_start = started;
    if (code >= 0) {
        code = send_start(run, live, keep_results, history);
        if (code < 0)
            cb_fail_errno(err, code, "start", "cannot send the cell its source");
    }
    if (code >= 0) {
        live->state = CB_LIVE_RUNNING;
        live->deadline = run->options->timeout > 0 ? cb_monotonic() + run->options->timeout : 0;
        return 0;
    }
    if (err)
        err->cell = index;
    if (live->state != CB_LIVE_NONE)
        release(run, live);
    return code;
}

void cb_live_fds(const struct cb_live *live, int fds[CB_LIVE_FDS])
{
    fds[0] = live->channel.fd;
    fds[1] = live->streams[0].fd;
    fds[2] = live->streams[1].fd;
    fds[3] = live->pidfd;
}

void cb_live_abort(struct cb_live *live, enum cb_exit exit, const char *phase, const char *message, const char *remedy)
{
    if (live->state != CB_LIVE_RUNNING)
        return;
    live->state = CB_LIVE_DEAD;
    cb_fail(&live->error, -ECANCELED, exit, phase, "%s", message);
    cb_error_remedy(&live->error, "%s", remedy);
    live->error.cell = live->index;
}

/* ---- text ---- */

/* Length of the part of text[0..n) that ends on a character boundary; at most 3 bytes are held back. */
static size_t whole_characters(const char *text, size_t n)
{
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        unsigned char c = (unsigned char)text[n - back];
        if (c < 0x80)
            return n;
        if (c >= 0xc0) {
            size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
            return need > back ? n - back : n;
        }
    }
    return n;
}

static void flush_stream(struct cb_run_context *run, struct cb_live *live, struct cb_stream *stream, bool all)
{
    size_t n = all ? stream->text.length : whole_characters(stream->text.text, stream->text.length);
    if (n == 0)
        return;
    cb_notebook_stream(run->notebook, (size_t)live->index, stream->name, stream->text.text, n);
    size_t rest = stream->text.length - n;
    memmove(stream->text.text, stream->text.text + n, rest);
    stream->text.length = rest;
}

static void flush_text(struct cb_run_context *run, struct cb_live *live)
{
    for (int i = 0; i < 2; i++)
        flush_stream(run, live, &live->streams[i], true);
}

static void output_event(struct cb_run_context *run, const struct cb_live *live, const char *name, const char *text,
                         size_t n)
{
    if (!run->options->events)
        return;
    cleanup_buffer struct cb_buffer copy = {0};
    cb_buffer_add(&copy, text, n);
    json_t *value = json_stringn(copy.text, n);
    if (!value)
        value = json_string("(bytes that are not UTF-8)");
    json_t *event = json_pack("{s:f, s:i, s:s, s:s, s:o}", "t", cb_monotonic() - run->started, "cell", live->index,
                              "event", "output", "stream", name, "text", value);
    json_dumpf(event, run->options->events, JSON_COMPACT);
    fputc('\n', run->options->events);
    json_decref(event);
}

static void drain(struct cb_run_context *run, struct cb_live *live, int which)
{
    struct cb_stream *stream = &live->streams[which], *other = &live->streams[1 - which];
    uint64_t most = run->options->output_bytes ? run->options->output_bytes : DEFAULT_OUTPUT;
    char block[1 << 16];
    /* A cell that writes without end must not keep us from everything else: one pipe's worth a turn. */
    for (int turn = 0; stream->fd >= 0 && turn < 16; turn++) {
        ssize_t n = read(stream->fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return;
        if (n == 0) {
            close(stream->fd);
            stream->fd = -1;
            return;
        }
        flush_stream(run, live, other, true);
        live->output_bytes += (uint64_t)n;
        if (live->output_bytes > most) {
            char text[160];
            snprintf(text, sizeof text, "the cell printed more than %llu MiB", (unsigned long long)(most >> 20));
            cb_live_abort(live, CB_EXIT_LIMIT, "output", text, "print less, or write to a file instead");
            return;
        }
        cb_buffer_add(&stream->text, block, (size_t)n);
        output_event(run, live, stream->name, block, (size_t)n);
        if (stream->text.length > (4u << 20))
            flush_stream(run, live, stream, false);
    }
}

static void drain_all(struct cb_run_context *run, struct cb_live *live)
{
    drain(run, live, 0);
    drain(run, live, 1);
}

/* ---- frames ---- */

static void answer(struct cb_live *live, json_t *reply, int fd)
{
    if (cb_channel_send(&live->channel, reply, fd, SEND_SECONDS) < 0)
        cb_live_abort(live, CB_EXIT_LIMIT, "protocol", "the cell's process stopped listening", "run it again");
}

static void ok(struct cb_live *live)
{
    answer(live, json_pack("{s:s}", "op", "ok"), -1);
}

static void on_read(struct cb_run_context *run, struct cb_live *live, const json_t *frame)
{
    const char *name = json_string_value(json_object_get(frame, "root"));
    if (!name || strlen(name) > CB_ROOT_NAME_MAX) {
        cb_live_abort(live, CB_EXIT_VIOLATION, "protocol", "the cell's process sent an invalid request", "");
        return;
    }
    int fd;
    json_t *reply = cb_roots_answer(run->roots, name, &fd);
    const struct cb_root *root = cb_roots_find(run->roots, name);
    if (root)
        json_array_append_new(live->reads, json_pack("{s:s, s:i}", "name", name, "from", root->cell));
    else if (name[0] != '@')
        json_array_append_new(live->negative, json_string(name));
    answer(live, reply, fd);
}

static void on_rich(struct cb_run_context *run, struct cb_live *live, const char *op, const json_t *frame)
{
    json_t *data = json_object_get(frame, "data"), *metadata = json_object_get(frame, "metadata");
    const char *id = json_string_value(json_object_get(frame, "display_id"));
    if (!json_is_object(data) || (metadata && !json_is_object(metadata) && !json_is_null(metadata))) {
        cb_live_abort(live, CB_EXIT_VIOLATION, "protocol", "the cell's process sent an invalid display", "");
        return;
    }
    json_t *empty = json_object();
    if (!json_is_object(metadata))
        metadata = empty;
    if (strcmp(op, "result") == 0)
        cb_notebook_result(run->notebook, (size_t)live->index, data, metadata, id);
    else
        cb_notebook_display(run->notebook, (size_t)live->index, data, metadata, id,
                            json_is_true(json_object_get(frame, "update")));
    json_decref(empty);
    ok(live);
}

static void on_error(struct cb_run_context *run, struct cb_live *live, const json_t *frame)
{
    const char *ename = json_string_value(json_object_get(frame, "ename"));
    const char *evalue = json_string_value(json_object_get(frame, "evalue"));
    json_t *traceback = json_object_get(frame, "traceback");
    if (!ename || !evalue || !json_is_array(traceback)) {
        cb_live_abort(live, CB_EXIT_VIOLATION, "protocol", "the cell's process sent an invalid error", "");
        return;
    }
    free(live->ename);
    free(live->evalue);
    live->ename = cb_strdup(ename);
    live->evalue = cb_strdup(evalue);
    cb_notebook_error(run->notebook, (size_t)live->index, ename, evalue, traceback);
    ok(live);
}

static void on_executed(struct cb_run_context *run, struct cb_live *live, const json_t *frame)
{
    const char *status = json_string_value(json_object_get(frame, "status"));
    live->raised = !status || strcmp(status, "ok") != 0;
    live->executed = true;
    live->t_end = cb_monotonic();
    double now = cb_realtime();
    cb_notebook_stamp(run->notebook, (size_t)live->index, CB_STAMP_REPLY, now);
    cb_notebook_stamp(run->notebook, (size_t)live->index, CB_STAMP_IDLE, now);
    json_t *things = json_object_get(frame, "live");
    if (json_array_size(things) > 0)
        live->live_things = json_incref(things);
    /* Saving runs the cell's code, too (__reduce__, __del__), so it has a deadline as the cell had. */
    double limit = run->options->timeout;
    live->deadline = cb_monotonic() + (limit > 0 ? limit : COMMIT_SECONDS);
    ok(live);
}

/* Names that the cell read without asking are reads like others; each must be one that it could have asked for. */
static bool add_bound(const struct cb_run_context *run, struct cb_live *live)
{
    json_t *seen = json_object();
    bool ok = true;
    size_t i;
    json_t *read;
    json_array_foreach (live->reads, i, read)
        json_object_set_new(seen, json_string_value(json_object_get(read, "name")), json_true());
    for (i = 0; i < live->commit.n_bound; i++) {
        const char *name = live->commit.bound[i];
        const struct cb_root *root = cb_roots_find(run->roots, name);
        ok = ok && root && root->group && name[0] != '@';
        if (!ok || json_object_get(seen, name))
            continue;
        json_object_set_new(seen, name, json_true());
        json_array_append_new(live->reads, json_pack("{s:s, s:i}", "name", name, "from", root->cell));
    }
    json_decref(seen);
    return ok;
}

static void on_commit(struct cb_run_context *run, struct cb_live *live, const json_t *frame)
{
    struct stat spool;
    if (!live->executed || live->has_commit || fstat(live->spool, &spool) < 0) {
        cb_live_abort(live, CB_EXIT_VIOLATION, "protocol", "the cell's process sent frames out of order", "");
        return;
    }
    int code = cb_commit_parse(frame, live->index, (uint64_t)spool.st_size, &live->commit, &live->error);
    if (code < 0) {
        live->state = CB_LIVE_DEAD;
        return;
    }
    live->has_commit = true;
    if (!add_bound(run, live)) {
        cb_live_abort(live, CB_EXIT_VIOLATION, "commit", "the cell's account of its reads is not valid", "");
        return;
    }
    ok(live);
    if (live->state == CB_LIVE_RUNNING)
        live->state = CB_LIVE_COMMITTED;
}

static void on_frame(struct cb_run_context *run, struct cb_live *live, const json_t *frame)
{
    const char *op = json_string_value(json_object_get(frame, "op"));
    if (!op)
        op = "";
    if (strcmp(op, "read") == 0) {
        on_read(run, live, frame);
    } else if (strcmp(op, "begin") == 0 && !live->begun) {
        live->begun = true;
        live->t_begin = cb_monotonic();
    } else if (strcmp(op, "display") == 0 || strcmp(op, "result") == 0) {
        on_rich(run, live, op, frame);
    } else if (strcmp(op, "clear") == 0) {
        cb_notebook_clear(run->notebook, (size_t)live->index, json_is_true(json_object_get(frame, "wait")));
        ok(live);
    } else if (strcmp(op, "error") == 0) {
        on_error(run, live, frame);
    } else if (strcmp(op, "executed") == 0 && !live->executed) {
        on_executed(run, live, frame);
    } else if (strcmp(op, "commit") == 0) {
        on_commit(run, live, frame);
    } else {
        cb_live_abort(live, CB_EXIT_VIOLATION, "protocol", "the cell's process sent an unknown frame", "");
    }
}

void cb_live_step(struct cb_run_context *run, struct cb_live *live)
{
    while (live->state == CB_LIVE_RUNNING) {
        /* Text first: all that was written before a frame is in the pipes when the frame is (docs/protocol.md). But look
         * for the frame before draining, or text written after it would seem to come before. */
        json_t *frame = NULL;
        int code = cb_channel_receive(&live->channel, &frame);
        drain_all(run, live);
        if (code == 0)
            return;
        if (code == -EPIPE) {
            cb_live_abort(live, CB_EXIT_LIMIT, "run", "the cell's process died", "");
            return;
        }
        if (code < 0) {
            cb_live_abort(live, CB_EXIT_VIOLATION, "protocol", "the cell's process sent something that is no frame", "");
            return;
        }
        if (live->state == CB_LIVE_RUNNING) {
            const char *op = json_string_value(json_object_get(frame, "op"));
            if (!op || strcmp(op, "read") != 0)
                flush_text(run, live);
            on_frame(run, live, frame);
        }
        json_decref(frame);
    }
}

/* ---- finishing ---- */

/* What happened to a cell whose process vanished: ask the zygote, which reaped it, and the cgroup. */
static void explain_death(struct cb_run_context *run, struct cb_live *live)
{
    int signal = 0, code = 0;
    bool known = cb_zygote_wait(&run->zygote, live->birth, DEATH_SECONDS, &signal, &code) == 0;
    if (live->error.phase[0] == '\0' || strcmp(live->error.phase, "run") != 0)
        return; /* we killed it ourselves and said why */
    struct cb_error *e = &live->error;
    if (live->usage.memory_limit_hit)
        cb_fail(e, -ENOMEM, CB_EXIT_LIMIT, "memory", "the cell was killed when it went over its memory limit");
    else if (known && signal == SIGSYS)
        cb_fail(e, -EPERM, CB_EXIT_VIOLATION, "seccomp", "the cell was killed for a forbidden system call");
    else if (known && signal == SIGKILL)
        cb_fail(e, -EIO, CB_EXIT_LIMIT, "run", "the cell was killed (SIGKILL), most likely for want of memory");
    else if (known && signal)
        cb_fail(e, -EIO, CB_EXIT_LIMIT, "run", "the cell died of SIG%s (%s)", sigabbrev_np(signal), strsignal(signal));
    else if (known)
        cb_fail(e, -EIO, CB_EXIT_LIMIT, "run", "the cell ended its own process with exit code %d", code);
    else
        cb_fail(e, -EIO, CB_EXIT_LIMIT, "run", "the cell's process died");
    cb_error_remedy(e, "%s", live->usage.memory_limit_hit ? "give it more with --memory, or let it hold less at once"
                                                           : "its output up to then is kept; earlier cells are not affected");
    e->cell = live->index;
}

static int harvest_and_commit(struct cb_run_context *run, struct cb_live *live, struct cb_error *err)
{
    uint64_t disk = run->options->disk_bytes ? run->options->disk_bytes : DEFAULT_DISK;
    struct cb_harvest_limits limits = {.files = HARVEST_FILES, .bytes = disk, .depth = HARVEST_DEPTH};
    int code = cb_harvest_uppers(live->upper_fds, &limits, &live->harvest, err);
    if (code < 0)
        return code;
    size_t n = 0, most = 0;
    for (size_t i = 0; i < live->commit.n_groups; i++)
        most += 1 + live->commit.groups[i]->n_buffers;
    cleanup_free struct cb_value_entry *entries = cb_alloc((most + 1) * sizeof *entries);
    for (size_t i = 0; i < live->commit.n_groups; i++) {
        const struct cb_group *group = live->commit.groups[i];
        snprintf(entries[n].name, sizeof entries[n].name, "%zu.pkl", i);
        entries[n++].extent = (struct cb_extent){group->stream.offset, group->stream.length};
        for (size_t b = 0; b < group->n_buffers; b++) {
            snprintf(entries[n].name, sizeof entries[n].name, "%zu.%zu.buf", i, b);
            entries[n++].extent = (struct cb_extent){group->buffers[b].offset, group->buffers[b].length};
        }
    }
    int values_fd = -1;
    code = cb_run_commit(run->run, live->index, entries, n, &live->harvest, &values_fd, err);
    if (live->harvest.tree[0] || live->harvest.tree[1] || live->harvest.tree[2])
        run->file_layers++;
    if (code >= 0)
        cb_roots_apply(run->roots, &live->commit, live->index, values_fd);
    return code;
}

void cb_live_finish(struct cb_run_context *run, struct cb_live *live)
{
    bool vanished = live->state == CB_LIVE_DEAD;
    drain_all(run, live);
    struct cb_error trouble = CB_ERROR_INIT;
    int code = 0;
    if (live->open) {
        if (!vanished) {
            /* It is about to exit by itself; its threads and children are not. */
            struct pollfd wait = {.fd = live->pidfd, .events = POLLIN};
            (void)poll(&wait, 1, 1000);
        }
        code = cb_cell_close(run->sandbox, &live->cell, DEATH_SECONDS, &live->usage, &trouble);
        live->open = false;
    }
    drain_all(run, live);
    flush_text(run, live);
    if (live->t_end <= 0)
        live->t_end = cb_monotonic();
    if (vanished) {
        explain_death(run, live);
    } else {
        int signal, exit_code;
        (void)cb_zygote_wait(&run->zygote, live->birth, DEATH_SECONDS, &signal, &exit_code);
        if (code >= 0)
            code = harvest_and_commit(run, live, &trouble);
        if (code < 0) {
            live->error = trouble;
            live->error.cell = live->index;
            live->state = CB_LIVE_DEAD;
        }
    }
    if (live->state == CB_LIVE_DEAD)
        cb_run_discard(run->run, live->index);
}

void cb_live_free(struct cb_live *live)
{
    cb_channel_close(&live->channel);
    for (int i = 0; i < 2; i++) {
        if (live->streams[i].fd >= 0)
            close(live->streams[i].fd);
        cb_buffer_free(&live->streams[i].text);
    }
    for (int i = 0; i < 3; i++)
        if (live->upper_fds[i] >= 0)
            close(live->upper_fds[i]);
    if (live->pidfd >= 0)
        close(live->pidfd);
    cb_commit_free(&live->commit);
    json_decref(live->reads);
    json_decref(live->negative);
    json_decref(live->live_things);
    free(live->ename);
    free(live->evalue);
    cb_harvest_free(&live->harvest);
}
