/*
 * From any JSON to a notebook that the rest may rely on: types checked, split text joined, what is missing
 * filled in.
 */
#include "runtime/notebook/internal.h"

#include <strings.h>

struct checker {
    const char *name;
    size_t cell;
    struct cb_error *err;
};

static int fail_document(const struct checker *c, const char *remedy, const char *what)
{
    cb_fail(c->err, -EINVAL, CB_EXIT_USAGE, "", "%.300s %s", c->name, what);
    cb_error_remedy(c->err, "%s", remedy);
    return -EINVAL;
}

static int fail_cell(const struct checker *c, const char *what)
{
    cb_fail(c->err, -EINVAL, CB_EXIT_USAGE, "", "%.300s is not a valid notebook: in cells[%zu], %s", c->name,
            c->cell, what);
    cb_error_remedy(c->err, "mend that cell, or save the notebook again from Jupyter");
    return -EINVAL;
}

/* Join a list of strings. False where `value` is no such list. */
static bool joined(const json_t *value, json_t **out)
{
    if (!json_is_array(value))
        return false;
    size_t n = json_array_size(value);
    for (size_t i = 0; i < n; i++)
        if (!json_is_string(json_array_get(value, i)) || cb_json_literal_text(json_array_get(value, i)))
            return false;
    cleanup_buffer struct cb_buffer text = {0};
    cb_buffer_adds(&text, "");
    for (size_t i = 0; i < n; i++)
        cb_buffer_add(&text, json_string_value(json_array_get(value, i)),
                      json_string_length(json_array_get(value, i)));
    *out = json_stringn_nocheck(text.text, text.length);
    return true;
}

static bool is_json_mime(const char *mime)
{
    size_t n = strlen(mime);
    return !strcmp(mime, "application/json") ||
           (!strncmp(mime, "application/", 12) && n >= 5 && !strcmp(mime + n - 5, "+json"));
}

static void join_bundle(json_t *bundle)
{
    for (void *it = json_object_iter(bundle), *next; it; it = next) {
        next = json_object_iter_next(bundle, it);
        json_t *text;
        if (!is_json_mime(json_object_iter_key(it)) && joined(json_object_iter_value(it), &text))
            json_object_iter_set_new(bundle, it, text);
    }
}

/* The member `key` of `object`, made if it is missing; NULL where it has another type. */
static json_t *member_of_type(json_t *object, const char *key, json_type type)
{
    json_t *value = json_object_get(object, key);
    if (!value) {
        value = type == JSON_OBJECT ? json_object() : type == JSON_ARRAY ? json_array() : json_string("");
        json_object_set_new(object, key, value);
    }
    return json_typeof(value) == type ? value : NULL;
}

static int check_output(const struct checker *c, json_t *output)
{
    if (!json_is_object(output))
        return fail_cell(c, "an output is not an object");
    const char *type = json_string_value(json_object_get(output, "output_type"));
    if (!type)
        return fail_cell(c, "an output has no output_type");
    if (!strcmp(type, "execute_result") || !strcmp(type, "display_data")) {
        json_t *data = member_of_type(output, "data", JSON_OBJECT);
        if (!data)
            return fail_cell(c, "the data of an output is not an object");
        join_bundle(data);
        return 0;
    }
    json_t *text;
    if (json_is_array(json_object_get(output, "text"))) {
        if (!joined(json_object_get(output, "text"), &text))
            return fail_cell(c, "the text of an output is neither a string nor a list of strings");
        json_object_set_new(output, "text", text);
    } else if (!strcmp(type, "stream") && (!member_of_type(output, "text", JSON_STRING) ||
                                           cb_json_literal_text(json_object_get(output, "text")))) {
        return fail_cell(c, "the text of a stream is neither a string nor a list of strings");
    }
    return 0;
}

static int check_code(const struct checker *c, json_t *cell)
{
    json_t *outputs = member_of_type(cell, "outputs", JSON_ARRAY);
    if (!outputs)
        return fail_cell(c, "outputs is not a list");
    for (size_t i = 0; i < json_array_size(outputs); i++) {
        int code = check_output(c, json_array_get(outputs, i));
        if (code)
            return code;
    }
    json_t *count = json_object_get(cell, "execution_count");
    if (!count)
        json_object_set_new(cell, "execution_count", json_null());
    else if (!json_is_integer(count) && !json_is_null(count))
        return fail_cell(c, "execution_count is not an integer");
    return 0;
}

static int check_attachments(const struct checker *c, json_t *attachments)
{
    if (!json_is_object(attachments))
        return fail_cell(c, "attachments is not an object");
    for (void *it = json_object_iter(attachments); it; it = json_object_iter_next(attachments, it)) {
        if (!json_is_object(json_object_iter_value(it)))
            return fail_cell(c, "an attachment is not an object");
        join_bundle(json_object_iter_value(it));
    }
    return 0;
}

static int check_cell(const struct checker *c, json_t *cell)
{
    if (!json_is_object(cell))
        return fail_cell(c, "the cell is not an object");
    const char *type = json_string_value(json_object_get(cell, "cell_type"));
    if (!type)
        return fail_cell(c, "there is no cell_type");
    if (strcmp(type, "code") && strcmp(type, "markdown") && strcmp(type, "raw"))
        return fail_cell(c, "cell_type is not code, markdown or raw");
    json_t *text;
    if (joined(json_object_get(cell, "source"), &text))
        json_object_set_new(cell, "source", text);
    else if (!member_of_type(cell, "source", JSON_STRING) ||
             cb_json_literal_text(json_object_get(cell, "source")))
        return fail_cell(c, "source is neither a string nor a list of strings");
    json_t *metadata = member_of_type(cell, "metadata", JSON_OBJECT);
    if (!metadata)
        return fail_cell(c, "metadata is not an object");
    json_object_del(metadata, "trusted");
    json_t *attachments = json_object_get(cell, "attachments");
    int code = attachments ? check_attachments(c, attachments) : 0;
    return !code && !strcmp(type, "code") ? check_code(c, cell) : code;
}

static int fail_version(const struct checker *c, const char *what, bool old)
{
    cb_fail(c->err, -EINVAL, CB_EXIT_USAGE, "", "%.300s is %s; only nbformat 4 is read", c->name, what);
    if (old)
        cb_error_remedy(c->err,
                        "convert it: jupyter nbconvert --to notebook --nbformat 4 --output NEW.ipynb %.120s",
                        c->name);
    else
        cb_error_remedy(c->err, "save it as nbformat 4");
    return -EINVAL;
}

static int check_version(const struct checker *c, struct cb_notebook *nb)
{
    static const char again[] = "name a Jupyter notebook (.ipynb)";
    if (!json_is_object(nb->root))
        return fail_document(c, again, "is JSON, but not a notebook: it is not an object");
    const json_t *major = json_object_get(nb->root, "nbformat");
    json_t *minor = json_object_get(nb->root, "nbformat_minor");
    if (!major && json_object_get(nb->root, "worksheets"))
        return fail_version(c, "a notebook of nbformat 2 or older", true);
    if (!major)
        return fail_document(c, again, "is JSON, but not a notebook: it has no nbformat");
    if (!json_is_integer(major))
        return fail_document(c, again, "is not a valid notebook: nbformat is not an integer");
    if (json_integer_value(major) != 4) {
        char what[64];
        snprintf(what, sizeof what, "a notebook of nbformat %lld", (long long)json_integer_value(major));
        return fail_version(c, what, json_integer_value(major) < 4);
    }
    if (!minor)
        json_object_set_new(nb->root, "nbformat_minor", minor = json_integer(0));
    if (!json_is_integer(minor))
        return fail_document(c, again, "is not a valid notebook: nbformat_minor is not an integer");
    nb->minor = json_integer_value(minor);
    return 0;
}

/* Kernels that are not Python's, known by the start of their name: for files that name a kernel but no
 * language. */
static const char *const foreign_kernels[] = {
    "ir",     "ir-",        "julia",   "bash",        "xcpp",       "scala",   "apache_toree_scala",
    "almond", "javascript", "jslab",   "deno",        "octave",     "matlab",  "ruby",
    "iruby",  "rust",       "evcxr",   "gophernotes", "gonb",       "java",    "ijava",
    "rapaio", "kotlin",     "haskell", "ihaskell",    ".net-",      "lua",     "ilua",
    "perl",   "iperl",      "php",     "sas",         "stata",      "clojure", "ocaml",
    "elixir", "typescript", "tslab",   "wolfram",     "powershell", "xsql",    "xr",
    "node",   NULL};

static bool is_foreign_kernel(const char *name)
{
    for (const char *const *k = foreign_kernels; *k; k++) {
        size_t n = strlen(*k);
        /* "ir" is R's, "irene-env" is somebody's Python: a name must end there, or go on with a version. */
        if (!strncasecmp(name, *k, n) && (!name[n] || strchr("-_.0123456789", name[n]) || (*k)[n - 1] == '-'))
            return true;
    }
    return false;
}

static int check_language(const struct checker *c, const json_t *metadata)
{
    const json_t *kernel = json_object_get(metadata, "kernelspec");
    const char *language = json_string_value(json_object_get(kernel, "language"));
    if (!language || !*language)
        language = json_string_value(json_object_get(json_object_get(metadata, "language_info"), "name"));
    const char *name = json_string_value(json_object_get(kernel, "name"));
    if (language && *language) {
        if (!strncasecmp(language, "python", 6) || !strcasecmp(language, "ipython"))
            return 0;
    } else if (!name || !is_foreign_kernel(name)) {
        return 0;
    } else {
        language = name;
    }
    cb_fail(c->err, -ENOTSUP, CB_EXIT_USAGE, "",
            "%.300s is a notebook in %.60s; only Python notebooks can be run", c->name, language);
    cb_error_remedy(c->err, "run it with the Jupyter kernel of that language");
    return -ENOTSUP;
}

int cb_notebook_check(struct cb_notebook *nb, const char *name, struct cb_error *err)
{
    struct checker c = {.name = name, .err = err};
    int code = check_version(&c, nb);
    if (code)
        return code;
    static const char mend[] = "save the notebook again from Jupyter";
    nb->cells = json_object_get(nb->root, "cells");
    if (!nb->cells)
        return fail_document(&c, mend, "is not a notebook: it has no cells");
    if (!json_is_array(nb->cells))
        return fail_document(&c, mend, "is not a valid notebook: cells is not a list");
    json_t *metadata = member_of_type(nb->root, "metadata", JSON_OBJECT);
    if (!metadata)
        return fail_document(&c, mend, "is not a valid notebook: metadata is not an object");
    code = check_language(&c, metadata);
    if (code)
        return code;
    json_object_del(metadata, "orig_nbformat");
    json_object_del(metadata, "orig_nbformat_minor");
    json_object_del(metadata, "signature");
    for (c.cell = 0; !code && c.cell < json_array_size(nb->cells); c.cell++)
        code = check_cell(&c, json_array_get(nb->cells, c.cell));
    return code;
}

bool cb_cell_has_tag(const json_t *cell, const char *tag)
{
    const json_t *tags = json_object_get(json_object_get(cell, "metadata"), "tags");
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const char *s = json_string_value(json_array_get(tags, i));
        if (s && !strcmp(s, tag))
            return true;
    }
    return false;
}

static bool is_valid_id(const json_t *id)
{
    size_t n = json_string_length(id);
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    return json_is_string(id) && n >= 1 && n <= CB_ID_MAX && strspn(json_string_value(id), allowed) == n;
}

/* Eight hexadecimal digits like nbformat's, but the same for the same notebook: a hash of position and
 * source. */
static void make_id(const json_t *cell, size_t position, const json_t *taken, char out[CB_ID_MAX + 1])
{
    for (unsigned salt = 0;; salt++) {
        cleanup_buffer struct cb_buffer b = {0};
        cb_buffer_addf(&b, "%zu %u ", position, salt);
        const json_t *source = json_object_get(cell, "source");
        cb_buffer_add(&b, json_string_value(source), json_string_length(source));
        char digest[72];
        cb_sha256(b.text, b.length, digest);
        snprintf(out, CB_ID_MAX + 1, "%.8s", digest + 7);
        if (!json_object_get(taken, out))
            return;
    }
}

/* From 4.5 on every cell must have an id of its own, and the file gets the repaired ones; before, ids are
 * only ours. */
static void give_id(struct cb_notebook *nb, size_t position, json_t *cell, json_t *taken, json_t *used,
                    char *out)
{
    json_t *id = json_object_get(cell, "id");
    if (is_valid_id(id) && !json_object_get(used, json_string_value(id))) {
        snprintf(out, CB_ID_MAX + 1, "%s", json_string_value(id));
    } else {
        make_id(cell, position, taken, out);
        if (nb->minor >= 5)
            json_object_set_new(cell, "id", json_string(out));
    }
    json_object_set_new(taken, out, json_true());
    json_object_set_new(used, out, json_true());
}

static void index_cell(struct code_cell *code, json_t *cell, const char *id)
{
    *code = (struct code_cell){.cell = cell};
    snprintf(code->id, sizeof code->id, "%s", id);
    const json_t *source = json_object_get(cell, "source");
    const char *s = json_string_value(source);
    size_t n = json_string_length(source);
    cb_text_strip(&s, &n);
    code->blank = n == 0;
    code->skip = cb_cell_has_tag(cell, "skip-execution");
    code->raises_exception = cb_cell_has_tag(cell, "raises-exception");
}

void cb_notebook_index(struct cb_notebook *nb)
{
    size_t n = json_array_size(nb->cells);
    for (size_t i = 0; i < nb->n_code; i++)
        cb_buffer_free(&nb->code[i].text);
    free(nb->code);
    nb->code = cb_alloc((n + 1) * sizeof *nb->code);
    nb->n_code = 0;
    json_t *taken = json_object(),
           *used = json_object(); /* anywhere in the file; by a cell before this one */
    for (size_t i = 0; i < n; i++) {
        json_t *id = json_object_get(json_array_get(nb->cells, i), "id");
        if (is_valid_id(id))
            json_object_set_new(taken, json_string_value(id), json_true());
    }
    for (size_t i = 0; i < n; i++) {
        json_t *cell = json_array_get(nb->cells, i);
        char id[CB_ID_MAX + 1];
        give_id(nb, i, cell, taken, used, id);
        if (!strcmp(json_string_value(json_object_get(cell, "cell_type")), "code"))
            index_cell(&nb->code[nb->n_code++], cell, id);
    }
    json_decref(taken);
    json_decref(used);
}

size_t cb_notebook_cells(const struct cb_notebook *nb)
{
    return nb->n_code;
}

void cb_notebook_cell(const struct cb_notebook *nb, size_t index, struct cb_code_cell *out)
{
    *out = (struct cb_code_cell){.source = "", .id = "", .blank = true};
    if (index >= nb->n_code)
        return;
    const struct code_cell *code = &nb->code[index];
    const json_t *source = json_object_get(code->cell, "source");
    out->source = json_string_value(source);
    out->source_length = json_string_length(source);
    out->id = code->id;
    out->blank = code->blank;
    out->skip = code->skip;
    out->raises_exception = code->raises_exception;
}
