/*
 * What a run puts in, by the rules of research into nbclient: outputs are compared as compact JSON, one
 * notebook whole.
 */
#include "runtime/notebook/notebook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define CELL(source) "{\"cell_type\":\"code\",\"source\":\"" source "\",\"metadata\":{}}"

static struct cb_notebook *notebook(void)
{
    static const char text[] =
        "{\"cells\":[" CELL("a") "," CELL("b") "," CELL("c") "],\"nbformat\":4,\"nbformat_minor\":4}";
    struct cb_notebook *nb;
    struct cb_error err = CB_ERROR_INIT;
    assert_int_equal(cb_notebook_parse(text, strlen(text), "text", &nb, &err), 0);
    for (size_t i = 0; i < 3; i++)
        cb_notebook_begin(nb, i, (int)i + 1);
    return nb;
}

/* The outputs of a cell as the written file has them. */
static void expect(struct cb_notebook *nb, size_t index, const char *want)
{
    cleanup_buffer struct cb_buffer text = {0};
    cb_notebook_dump(nb, &text);
    json_t *root;
    assert_int_equal(cb_json_parse(text.text, text.length, "dump", &root, NULL), 0);
    json_t *cell = json_array_get(json_object_get(root, "cells"), index);
    cleanup_free char *got = json_dumps(json_object_get(cell, "outputs"), JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(got, want);
    json_decref(root);
}

static void stream(struct cb_notebook *nb, size_t index, const char *name, const char *text)
{
    cb_notebook_stream(nb, index, name, text, strlen(text));
}

static void display(struct cb_notebook *nb, size_t index, const char *text, const char *id, bool update)
{
    json_t *data = json_pack("{s:s}", "text/plain", text), *metadata = json_object();
    cb_notebook_display(nb, index, data, metadata, id, update);
    json_decref(data);
    json_decref(metadata);
}

#define OUT(text) "{\"name\":\"stdout\",\"output_type\":\"stream\",\"text\":[" text "]}"
#define ERR(text) "{\"name\":\"stderr\",\"output_type\":\"stream\",\"text\":[" text "]}"
#define SHOWN(text) "{\"data\":{\"text/plain\":[" text "]},\"metadata\":{},\"output_type\":\"display_data\"}"

static void test_streams(void **state)
{
    (void)state;
    struct cb_notebook *nb = notebook();
    stream(nb, 0, "stdout", "a");
    stream(nb, 1, "stdout", "other cell");
    stream(nb, 0, "stdout", "b\nc");
    stream(nb, 0, "stdout", "");
    expect(nb, 0, "[" OUT("\"ab\\n\",\"c\"") "]");
    stream(nb, 0, "stdout", "d\n"); /* goes on after a write */
    stream(nb, 0, "stderr", "e");
    stream(nb, 0, "stdout", "f");
    display(nb, 0, "x", NULL, false);
    stream(nb, 0, "stdout", "g");
    expect(nb, 0,
           "[" OUT("\"ab\\n\",\"cd\\n\"") "," ERR("\"e\"") "," OUT("\"f\"") "," SHOWN("\"x\"") "," OUT(
               "\"g\"") "]");
    expect(nb, 1, "[" OUT("\"other cell\"") "]");
    expect(nb, 2, "[]");
    cb_notebook_stream(nb, 99, "stdout", "x", 1); /* no such cell: nothing happens */
    cb_notebook_free(nb);
}

static void test_bad_text(void **state)
{
    (void)state;
    struct cb_notebook *nb = notebook();
    /* Python's bytes.decode("utf-8", "replace") for each, and one U+FFFD for a surrogate. */
    cb_notebook_stream(nb, 0, "stdout",
                       "a\xff"
                       "b\xe2\x82"
                       "c\xf0\x9f\x98"
                       "d\xed\xa0\x80"
                       "e\xc0\xaf"
                       "f\x00g\xe2",
                       20);
    expect(nb, 0,
           "[" OUT("\"a\xef\xbf\xbd"
                   "b\xef\xbf\xbd"
                   "c\xef\xbf\xbd"
                   "d\xef\xbf\xbd"
                   "e\xef\xbf\xbd\xef\xbf\xbd"
                   "f\\u0000g\xef\xbf\xbd\"") "]");
    json_t *traceback = json_pack("[s]", "line 1\nline 2");
    cb_notebook_error(nb, 1, "E\xff", "v\n\xed\xb2\x80", traceback);
    json_decref(traceback);
    expect(nb, 1,
           "[{\"ename\":\"E\xef\xbf\xbd\",\"evalue\":\"v\\n\xef\xbf\xbd\",\"output_type\":\"error\","
           "\"traceback\":[\"line 1\\nline 2\"]}]");
    /* Bytes that only pretend to be one of the literals are text. */
    json_t *data = json_pack("{s:o}", "application/json",
                             json_stringn_nocheck("\xff"
                                                  "1],",
                                                  4));
    cb_notebook_display(nb, 2, data, NULL, NULL, false);
    json_decref(data);
    expect(nb, 2,
           "[{\"data\":{\"application/json\":\"\xef\xbf\xbd"
           "1],\"},\"metadata\":{},\"output_type\":\"display_data\"}]");
    cb_notebook_free(nb);
}

static void test_clear(void **state)
{
    (void)state;
    struct cb_notebook *nb = notebook();
    stream(nb, 0, "stdout", "a");
    cb_notebook_clear(nb, 0, true);
    expect(nb, 0, "[" OUT("\"a\"") "]"); /* nothing follows: it stays */
    stream(nb, 0, "stdout", "b");
    expect(nb, 0, "[" OUT("\"b\"") "]");
    stream(nb, 0, "stdout", "c"); /* the wait is over */
    expect(nb, 0, "[" OUT("\"bc\"") "]");
    cb_notebook_clear(nb, 0, false);
    expect(nb, 0, "[]");
    stream(nb, 0, "stdout", "d");
    cb_notebook_clear(nb, 0, true);
    cb_notebook_error(nb, 0, "E", "v", NULL);
    expect(nb, 0, "[{\"ename\":\"E\",\"evalue\":\"v\",\"output_type\":\"error\",\"traceback\":[]}]");
    cb_notebook_clear(nb, 0, true);
    stream(nb, 1, "stdout", "other cells do not count");
    expect(nb, 0, "[{\"ename\":\"E\",\"evalue\":\"v\",\"output_type\":\"error\",\"traceback\":[]}]");
    cb_notebook_free(nb);
}

static void test_display_ids(void **state)
{
    (void)state;
    struct cb_notebook *nb = notebook();
    display(nb, 0, "1", "id", false);
    display(nb, 2, "2", "id", false); /* the same id again updates the earlier one */
    expect(nb, 0, "[" SHOWN("\"2\"") "]");
    display(nb, 1, "3", "id", true); /* earlier and later cells; nothing is made */
    expect(nb, 0, "[" SHOWN("\"3\"") "]");
    expect(nb, 1, "[]");
    expect(nb, 2, "[" SHOWN("\"3\"") "]");
    display(nb, 1, "x", "unknown", true);
    expect(nb, 1, "[]");
    display(nb, 1, "kept", "unknown", false); /* an ignored update registers nothing */
    expect(nb, 1, "[" SHOWN("\"kept\"") "]");

    cb_notebook_clear(nb, 0, true);
    display(nb, 1, "4", "id", true); /* an update does not trigger the pending clear */
    expect(nb, 0, "[" SHOWN("\"4\"") "]");
    stream(nb, 0, "stdout", "new");
    display(nb, 1, "5", "id", true); /* the registration went with the output */
    expect(nb, 0, "[" OUT("\"new\"") "]");
    expect(nb, 2, "[" SHOWN("\"5\"") "]");
    cb_notebook_clear(nb, 2, false);
    display(nb, 1, "6", "id", true);
    expect(nb, 2, "[]");
    display(nb, 0, "a", "two", false);
    display(nb, 0, "b", "two", false);
    expect(nb, 0, "[" OUT("\"new\"") "," SHOWN("\"b\"") "," SHOWN("\"b\"") "]");
    cb_notebook_begin(nb, 0, 7);
    display(nb, 1, "c", "two", true);
    expect(nb, 0, "[]");
    cb_notebook_free(nb);
}

static void test_results(void **state)
{
    (void)state;
    struct cb_notebook *nb = notebook();
    json_t *data = json_pack("{s:s,s:s}", "text/plain", "a\nb", "image/png", "AA\nBB\n");
    cb_notebook_result(nb, 1, data, NULL, "r");
    json_decref(data);
    expect(nb, 1,
           "[{\"data\":{\"image/png\":\"AA\\nBB\\n\",\"text/plain\":[\"a\\n\",\"b\"]},\"execution_count\":2,"
           "\"metadata\":{},\"output_type\":\"execute_result\"}]");
    data = json_pack("{s:s}", "text/plain", "c");
    json_t *metadata = json_pack("{s:i}", "m", 1);
    cb_notebook_display(nb, 0, data, metadata, "r", true); /* keeps type and count */
    json_decref(data);
    json_decref(metadata);
    expect(nb, 1,
           "[{\"data\":{\"text/plain\":[\"c\"]},\"execution_count\":2,\"metadata\":{\"m\":1},"
           "\"output_type\":\"execute_result\"}]");
    cb_notebook_free(nb);
}

static void test_whole(void **state)
{
    (void)state;
    static const char text[] =
        "{\"cells\":[{\"cell_type\":\"markdown\",\"source\":\"# T\",\"metadata\":{}},"
        "{\"cell_type\":\"code\",\"source\":\"1\\n2\",\"metadata\":{\"execution\":{\"old\":1},\"tags\":["
        "\"raises-exception\"]},"
        "\"outputs\":[{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"old\"}],\"execution_count\":"
        "9},"
        "{\"cell_type\":\"code\",\"source\":\" \\u00a0\\n\\t\",\"metadata\":{},\"execution_count\":3},"
        "{\"cell_type\":\"code\",\"source\":\"s\",\"metadata\":{\"tags\":[\"skip-execution\"]}}],"
        "\"metadata\":{\"language_info\":{\"name\":\"python\"}},\"nbformat\":4,\"nbformat_minor\":2}";
    struct cb_notebook *nb;
    struct cb_error err = CB_ERROR_INIT;
    assert_int_equal(cb_notebook_parse(text, strlen(text), "text", &nb, &err), 0);
    assert_int_equal(cb_notebook_cells(nb), 3);
    struct cb_code_cell cells[3];
    for (size_t i = 0; i < 3; i++)
        cb_notebook_cell(nb, i, &cells[i]);
    assert_string_equal(cells[0].source, "1\n2");
    assert_int_equal(cells[0].source_length, 3);
    assert_true(cells[0].raises_exception && !cells[0].blank && !cells[0].skip);
    assert_true(!cells[1].raises_exception && cells[1].blank && !cells[1].skip);
    assert_true(!cells[2].raises_exception && !cells[2].blank && cells[2].skip);
    assert_int_equal(strlen(cells[0].id), 8);
    assert_string_not_equal(cells[0].id, cells[1].id);
    cb_notebook_begin(nb, 0, 1);
    cb_notebook_stamp(nb, 0, CB_STAMP_BUSY, 1700000000.25);
    cb_notebook_stamp(nb, 0, CB_STAMP_INPUT, 1700000000.000001);
    cb_notebook_stamp(nb, 0, CB_STAMP_REPLY, 0);
    cb_notebook_stamp(nb, 0, CB_STAMP_IDLE, 1699999999.9999999);
    stream(nb, 0, "stdout", "new\n");
    cb_notebook_set_language_info(nb, json_pack("{s:s}", "name", "python3"));
    cb_notebook_set_metadata(nb, "cellblock", json_pack("{s:f}", "v", 1.0));
    cb_notebook_set_cell_metadata(nb, 0, "cellblock", json_pack("{s:b}", "reused", 0));
    cleanup_buffer struct cb_buffer got = {0};
    cb_notebook_dump(nb, &got);
    assert_string_equal(got.text, "{\n \"cells\": [\n  {\n   \"cell_type\": \"markdown\",\n   \"metadata\": "
                                  "{},\n   \"source\": [\n    \"# T\"\n   ]\n  },\n"
                                  "  {\n   \"cell_type\": \"code\",\n   \"execution_count\": 1,\n   "
                                  "\"metadata\": {\n    \"cellblock\": {\n"
                                  "     \"reused\": false\n    },\n    \"execution\": {\n"
                                  "     \"iopub.execute_input\": \"2023-11-14T22:13:20.000001Z\",\n"
                                  "     \"iopub.status.busy\": \"2023-11-14T22:13:20.250000Z\",\n"
                                  "     \"iopub.status.idle\": \"2023-11-14T22:13:20.000000Z\",\n"
                                  "     \"shell.execute_reply\": \"1970-01-01T00:00:00.000000Z\"\n    },\n"
                                  "    \"tags\": [\n     \"raises-exception\"\n    ]\n   },\n   \"outputs\": "
                                  "[\n    {\n     \"name\": \"stdout\",\n"
                                  "     \"output_type\": \"stream\",\n     \"text\": [\n      \"new\\n\"\n   "
                                  "  ]\n    }\n   ],\n   \"source\": [\n"
                                  "    \"1\\n\",\n    \"2\"\n   ]\n  },\n"
                                  "  {\n   \"cell_type\": \"code\",\n   \"execution_count\": 3,\n   "
                                  "\"metadata\": {},\n   \"outputs\": [],\n"
                                  "   \"source\": [\n    \" \xc2\xa0\\n\",\n    \"\\t\"\n   ]\n  },\n"
                                  "  {\n   \"cell_type\": \"code\",\n   \"execution_count\": null,\n   "
                                  "\"metadata\": {\n    \"tags\": [\n"
                                  "     \"skip-execution\"\n    ]\n   },\n   \"outputs\": [],\n   "
                                  "\"source\": [\n    \"s\"\n   ]\n  }\n ],\n"
                                  " \"metadata\": {\n  \"cellblock\": {\n   \"v\": 1.0\n  },\n  "
                                  "\"language_info\": {\n   \"name\": \"python3\"\n  }\n },\n"
                                  " \"nbformat\": 4,\n \"nbformat_minor\": 2\n}\n");
    cb_notebook_free(nb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams),     cmocka_unit_test(test_bad_text), cmocka_unit_test(test_clear),
        cmocka_unit_test(test_display_ids), cmocka_unit_test(test_results),  cmocka_unit_test(test_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
