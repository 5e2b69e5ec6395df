/*
 * libFuzzer: any bytes are refused, or become a notebook whose text reads back to the same text. The first
 * byte picks the parser: a notebook, or parameters in YAML.
 */
#include "runtime/notebook/notebook.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void fuzz_yaml(const char *text)
{
    struct cb_error err = CB_ERROR_INIT;
    struct cb_parameters *p = cb_parameters_new();
    cb_parameters_add_yaml(p, text, &err);
    cb_parameters_add_typed(p, "x", text, &err);
    cb_parameters_free(p);
}

static void fuzz_notebook(const char *text, size_t n)
{
    struct cb_error err = CB_ERROR_INIT;
    struct cb_notebook *nb = NULL, *again = NULL;
    if (cb_notebook_parse(text, n, "input", &nb, &err)) {
        require(err.message[0] && err.remedy[0] && err.exit == CB_EXIT_USAGE && !nb);
        return;
    }
    cleanup_buffer struct cb_buffer first = {0}, second = {0};
    cb_notebook_dump(nb, &first);
    require(cb_notebook_parse(first.text, first.length, "output", &again, &err) == 0);
    cb_notebook_dump(again, &second);
    require(first.length == second.length && !memcmp(first.text, second.text, first.length));
    for (size_t i = 0; i < cb_notebook_cells(nb); i++) {
        cb_notebook_begin(nb, i, 1);
        cb_notebook_stream(nb, i, "stdout", text, n);
    }
    cb_notebook_free(nb);
    cb_notebook_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (!n)
        return 0;
    cleanup_buffer struct cb_buffer text = {0};
    cb_buffer_add(&text, bytes + 1, n - 1);
    if (bytes[0] == 'y')
        fuzz_yaml(text.text);
    else
        fuzz_notebook(text.text, text.length);
    return 0;
}
