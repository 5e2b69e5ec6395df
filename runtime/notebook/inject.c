/*
 * The injected cell: values as Python literals, put where papermill puts them.
 *
 * papermill also upgrades the notebook to nbformat 4.5 here; the minor version is kept instead, since every
 * reader of 4.0 to 4.4 stays able to read the output, and the cell gets an id only where the version has ids.
 */
#include "runtime/notebook/internal.h"

/* A string as papermill writes it: Python's unicode_escape, then \" for ". */
static void put_string_literal(struct cb_buffer *out, const char *s, size_t n)
{
    cb_buffer_adds(out, "\"");
    while (n > 0) {
        uint32_t c;
        size_t k = cb_utf8_next(s, n, &c);
        if (!k) {
            c = 0xfffd;
            k = cb_utf8_skip(s, n);
        }
        if (c == '\\' || c == '"')
            cb_buffer_addf(out, "\\%c", (int)c);
        else if (c == '\n' || c == '\r' || c == '\t')
            cb_buffer_adds(out, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        else if (c >= 0x20 && c < 0x7f)
            cb_buffer_add(out, s, 1);
        else
            cb_buffer_addf(out, c > 0xffff ? "\\U%08x" : c > 0xff ? "\\u%04x" : "\\x%02x", c);
        s += k;
        n -= k;
    }
    cb_buffer_adds(out, "\"");
}

static void put_special_literal(struct cb_buffer *out, const char *text)
{
    if (!strcmp(text, "NaN"))
        cb_buffer_adds(out, "float('nan')");
    else if (!strcmp(text, "Infinity"))
        cb_buffer_adds(out, "float('inf')");
    else if (!strcmp(text, "-Infinity"))
        cb_buffer_adds(out, "float('-inf')");
    else
        cb_buffer_adds(out, text);
}

static void put_literal(struct cb_buffer *out, const json_t *value)
{
    char real[40];
    const char *separator = "", *special;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        cb_buffer_adds(out, "{");
        for (void *it = json_object_iter((json_t *)(uintptr_t)value); it;
             it = json_object_iter_next((json_t *)(uintptr_t)value, it)) {
            cb_buffer_adds(out, separator);
            separator = ", ";
            put_string_literal(out, json_object_iter_key(it), json_object_iter_key_len(it));
            cb_buffer_adds(out, ": ");
            put_literal(out, json_object_iter_value(it));
        }
        cb_buffer_adds(out, "}");
        break;
    case JSON_ARRAY:
        cb_buffer_adds(out, "[");
        for (size_t i = 0; i < json_array_size(value); i++) {
            cb_buffer_adds(out, i ? ", " : "");
            put_literal(out, json_array_get(value, i));
        }
        cb_buffer_adds(out, "]");
        break;
    case JSON_STRING:
        special = cb_json_literal_text(value);
        if (special)
            put_special_literal(out, special);
        else
            put_string_literal(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        cb_buffer_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        cb_json_format_real(json_real_value(value), real);
        cb_buffer_adds(out, real);
        break;
    default:
        cb_buffer_adds(out, json_is_true(value) ? "True" : json_is_false(value) ? "False" : "None");
        break;
    }
}

static json_t *injected_cell(const struct cb_parameters *p)
{
    cleanup_buffer struct cb_buffer source = {0};
    cb_buffer_adds(&source, "# Parameters\n");
    for (void *it = json_object_iter(p->values); it; it = json_object_iter_next(p->values, it)) {
        cb_buffer_addf(&source, "%s = ", json_object_iter_key(it));
        put_literal(&source, json_object_iter_value(it));
        cb_buffer_adds(&source, "\n");
    }
    json_t *cell = json_object();
    json_object_set_new(cell, "cell_type", json_string("code"));
    json_object_set_new(cell, "execution_count", json_null());
    json_object_set_new(cell, "metadata", json_pack("{s:[s]}", "tags", "injected-parameters"));
    json_object_set_new(cell, "outputs", json_array());
    json_object_set_new(cell, "source", json_stringn_nocheck(source.text, source.length));
    return cell;
}

/* Position of the first cell with that tag, or -1. */
static ssize_t find_tagged(const struct cb_notebook *nb, const char *tag)
{
    for (size_t i = 0; i < json_array_size(nb->cells); i++)
        if (cb_cell_has_tag(json_array_get(nb->cells, i), tag))
            return (ssize_t)i;
    return -1;
}

int cb_notebook_inject(struct cb_notebook *nb, const struct cb_parameters *p, const char **warning,
                       struct cb_error *err)
{
    (void)err; /* values were checked when they were added */
    if (warning)
        *warning = NULL;
    if (!cb_parameters_count(p))
        return 0;
    ssize_t injected = find_tagged(nb, "injected-parameters"), tagged = find_tagged(nb, "parameters");
    json_t *cell = injected_cell(p);
    if (injected >= 0) {
        /* The place keeps its identity from run to run. */
        json_t *id = json_object_get(json_array_get(nb->cells, (size_t)injected), "id");
        if (id && nb->minor >= 5)
            json_object_set(cell, "id", id);
        json_array_set_new(nb->cells, (size_t)injected, cell);
    } else {
        json_array_insert_new(nb->cells, (size_t)(tagged + 1), cell);
        if (tagged < 0 && warning)
            *warning = "Input notebook does not contain a cell with tag 'parameters'";
    }
    cb_notebook_index(nb);
    return 0;
}
