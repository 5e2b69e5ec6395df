/*
 * What a run puts into the notebook, by the rules of nbclient's process_message, with streams merged.
 */
#include "runtime/notebook/internal.h"

#include <time.h>

static struct code_cell *code_cell(struct cb_notebook *nb, size_t index)
{
    return index < nb->n_code ? &nb->code[index] : NULL;
}

static void settle_cell(struct code_cell *code)
{
    if (!code->stream)
        return;
    json_object_set_new(code->stream, "text", json_stringn_nocheck(code->text.text, code->text.length));
    code->stream = NULL;
    cb_buffer_free(&code->text);
}

void cb_notebook_settle(struct cb_notebook *nb)
{
    for (size_t i = 0; i < nb->n_code; i++)
        settle_cell(&nb->code[i]);
}

/* ---- display ids ---- */

static void cell_key(size_t index, char out[24])
{
    snprintf(out, 24, "%zu", index);
}

static void register_display(struct cb_notebook *nb, size_t index, const char *display_id, json_t *output)
{
    char key[24];
    cell_key(index, key);
    json_t *cells = json_object_get(nb->displays, display_id);
    if (!cells)
        json_object_setn_new_nocheck(nb->displays, display_id, strlen(display_id), cells = json_object());
    json_t *outputs = json_object_get(cells, key);
    if (!outputs)
        json_object_set_new(cells, key, outputs = json_array());
    json_array_append(outputs, output);
    nb->code[index].displays++;
}

static void drop_displays(struct cb_notebook *nb, size_t index)
{
    if (!nb->code[index].displays)
        return;
    char key[24];
    cell_key(index, key);
    const char *id;
    json_t *cells;
    void *next;
    json_object_foreach_safe(nb->displays, next, id, cells)
    {
        json_object_del(cells, key);
        if (!json_object_size(cells))
            json_object_del(nb->displays, id);
    }
    nb->code[index].displays = 0;
}

static void update_display(struct cb_notebook *nb, const char *display_id, json_t *data, json_t *metadata)
{
    json_t *cells = json_object_get(nb->displays, display_id);
    for (void *it = json_object_iter(cells); it; it = json_object_iter_next(cells, it)) {
        json_t *outputs = json_object_iter_value(it);
        for (size_t i = 0; i < json_array_size(outputs); i++) {
            json_object_set(json_array_get(outputs, i), "data", data);
            json_object_set(json_array_get(outputs, i), "metadata", metadata);
        }
    }
}

/* ---- outputs ---- */

static void clear_now(struct cb_notebook *nb, size_t index)
{
    struct code_cell *code = &nb->code[index];
    code->stream = NULL;
    cb_buffer_free(&code->text);
    json_object_set_new(code->cell, "outputs", json_array());
    drop_displays(nb, index);
    code->clear_pending = false;
}

/* The outputs of a cell, ready for one more: a clear that waited for it happens now. */
static json_t *open_outputs(struct cb_notebook *nb, size_t index)
{
    if (nb->code[index].clear_pending)
        clear_now(nb, index);
    return json_object_get(nb->code[index].cell, "outputs");
}

static json_t *append_output(struct cb_notebook *nb, size_t index, const char *type)
{
    json_t *outputs = open_outputs(nb, index);
    settle_cell(&nb->code[index]);
    json_t *output = json_object();
    json_object_set_new(output, "output_type", json_string(type));
    json_array_append_new(outputs, output);
    return output;
}

static void set_text(json_t *object, const char *key, const char *text, size_t n)
{
    cleanup_buffer struct cb_buffer b = {0};
    cb_buffer_adds(&b, "");
    cb_utf8_add_replaced(&b, text ? text : "", n);
    json_object_set_new(object, key, json_stringn_nocheck(b.text, b.length));
}

void cb_notebook_begin(struct cb_notebook *nb, size_t index, int execution_count)
{
    struct code_cell *code = code_cell(nb, index);
    if (!code)
        return;
    clear_now(nb, index);
    json_object_set_new(code->cell, "execution_count", json_integer(execution_count));
    json_object_set_new(json_object_get(code->cell, "metadata"), "execution", json_object());
}

void cb_notebook_stamp(struct cb_notebook *nb, size_t index, enum cb_stamp which, double unix_time)
{
    static const char *const names[] = {"iopub.status.busy", "iopub.execute_input", "shell.execute_reply",
                                        "iopub.status.idle"};
    struct code_cell *code = code_cell(nb, index);
    if (!code || which > CB_STAMP_IDLE || !(unix_time >= 0 && unix_time < 253402300799.0))
        return;
    long long micros = (long long)(unix_time * 1e6 + 0.5);
    time_t whole = (time_t)(micros / 1000000);
    struct tm tm;
    gmtime_r(&whole, &tm);
    char text[64], fraction[16];
    strftime(text, sizeof text - sizeof fraction, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(fraction, sizeof fraction, ".%06dZ", (int)(micros % 1000000));
    strcat(text, fraction);
    json_t *metadata = json_object_get(code->cell, "metadata");
    json_t *execution = json_object_get(metadata, "execution");
    if (!json_is_object(execution))
        json_object_set_new(metadata, "execution", execution = json_object());
    json_object_set_new(execution, names[which], json_string(text));
}

/* The last output of a cell if it is a stream of that name: then more of it belongs there. */
static json_t *last_stream(const json_t *outputs, const char *name)
{
    json_t *last = json_array_get(outputs, json_array_size(outputs) - 1);
    const char *type = json_string_value(json_object_get(last, "output_type"));
    const char *has = json_string_value(json_object_get(last, "name"));
    return type && has && !strcmp(type, "stream") && !strcmp(has, name) ? last : NULL;
}

void cb_notebook_stream(struct cb_notebook *nb, size_t index, const char *name, const char *text,
                        size_t length)
{
    struct code_cell *code = code_cell(nb, index);
    if (!code || !length)
        return;
    json_t *stream = last_stream(open_outputs(nb, index), name);
    if (!stream) {
        stream = append_output(nb, index, "stream");
        set_text(stream, "name", name, strlen(name));
        json_object_set_new(stream, "text", json_string(""));
    }
    if (!code->stream) {
        const json_t *so_far = json_object_get(stream, "text");
        cb_buffer_add(&code->text, json_string_value(so_far), json_string_length(so_far));
        code->stream = stream;
    }
    cb_utf8_add_replaced(&code->text, text, length);
}

/* One rich output. `data` and `metadata` are shared with the caller and with updates, never changed. */
static void put_rich(struct cb_notebook *nb, size_t index, const char *type, json_t *data, json_t *metadata,
                     const char *display_id, bool update)
{
    struct code_cell *code = code_cell(nb, index);
    if (!code)
        return;
    json_t *bundle = json_is_object(data) ? json_incref(data) : json_object();
    json_t *about = json_is_object(metadata) ? json_incref(metadata) : json_object();
    if (display_id && *display_id)
        update_display(nb, display_id, bundle, about);
    if (!update) {
        json_t *output = append_output(nb, index, type);
        if (!strcmp(type, "execute_result"))
            json_object_set(output, "execution_count", json_object_get(code->cell, "execution_count"));
        json_object_set(output, "data", bundle);
        json_object_set(output, "metadata", about);
        if (display_id && *display_id)
            register_display(nb, index, display_id, output);
    }
    json_decref(bundle);
    json_decref(about);
}

void cb_notebook_display(struct cb_notebook *nb, size_t index, json_t *data, json_t *metadata,
                         const char *display_id, bool update)
{
    put_rich(nb, index, "display_data", data, metadata, display_id, update);
}

void cb_notebook_result(struct cb_notebook *nb, size_t index, json_t *data, json_t *metadata,
                        const char *display_id)
{
    put_rich(nb, index, "execute_result", data, metadata, display_id, false);
}

void cb_notebook_clear(struct cb_notebook *nb, size_t index, bool wait)
{
    struct code_cell *code = code_cell(nb, index);
    if (!code)
        return;
    if (wait)
        code->clear_pending = true;
    else
        clear_now(nb, index);
}

void cb_notebook_error(struct cb_notebook *nb, size_t index, const char *ename, const char *evalue,
                       json_t *traceback)
{
    if (!code_cell(nb, index))
        return;
    json_t *output = append_output(nb, index, "error");
    set_text(output, "ename", ename, ename ? strlen(ename) : 0);
    set_text(output, "evalue", evalue, evalue ? strlen(evalue) : 0);
    json_object_set_new(output, "traceback",
                        json_is_array(traceback) ? json_incref(traceback) : json_array());
}

/* ---- metadata ---- */

void cb_notebook_set_metadata(struct cb_notebook *nb, const char *key, json_t *value)
{
    json_object_set_new(json_object_get(nb->root, "metadata"), key, value);
}

void cb_notebook_set_language_info(struct cb_notebook *nb, json_t *value)
{
    cb_notebook_set_metadata(nb, "language_info", value);
}

void cb_notebook_set_cell_metadata(struct cb_notebook *nb, size_t index, const char *key, json_t *value)
{
    struct code_cell *code = code_cell(nb, index);
    if (code)
        json_object_set_new(json_object_get(code->cell, "metadata"), key, value);
    else
        json_decref(value);
}
