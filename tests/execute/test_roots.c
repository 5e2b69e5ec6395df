/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */
#include "runtime/execute/roots.h"

#include <string.h>
#include <sys/mman.h>

static int parse(const char *text, int cell, uint64_t spool, struct cb_commit *out)
{
    json_t *frame = json_loads(text, 0, NULL);
    assert_non_null(frame);
    struct cb_error err = CB_ERROR_INIT;
    int code = cb_commit_parse(frame, cell, spool, out, &err);
    if (code < 0) {
        assert_int_equal(err.exit, CB_EXIT_VIOLATION);
        assert_int_equal(err.cell, cell);
    }
    json_decref(frame);
    return code;
}

static void apply(struct cb_roots *roots, int cell, const char *text)
{
    struct cb_commit commit;
    assert_int_equal(parse(text, cell, 1 << 20, &commit), 0);
    cb_roots_apply(roots, &commit, cell, 100 + cell);
    cb_commit_free(&commit);
}

static void hostile_commits_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{}",
        "{\"groups\":[],\"uncopyable\":[],\"deleted\":[]}",
        "{\"groups\":{},\"uncopyable\":[],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[1],\"uncopyable\":[],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[{\"roots\":[],\"stream\":[4096,1],\"buffers\":[]}],\"uncopyable\":[],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[{\"roots\":[\"\"],\"stream\":[4096,1],\"buffers\":[]}],\"uncopyable\":[],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[0,1],\"buffers\":[]}],\"uncopyable\":[],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[4097,1],\"buffers\":[]}],\"uncopyable\":[],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[-4096,1],\"buffers\":[]}],\"uncopyable\":[],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[4096,-1],\"buffers\":[]}],\"uncopyable\":[],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[4096,9000],\"buffers\":[]}],\"uncopyable\":[],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[4096,9223372036854775807],\"buffers\":[]}],\"uncopyable\":[],"
        "\"deleted\":[],\"order\":[]}",
        "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[4096,1.5],\"buffers\":[]}],\"uncopyable\":[],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[4096,1],\"buffers\":[[8192]]}],\"uncopyable\":[],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[4096,1],\"buffers\":[[1048576,1]]}],\"uncopyable\":[],\"deleted\":[],"
        "\"order\":[]}",
        "{\"groups\":[],\"uncopyable\":[{\"root\":5}],\"deleted\":[],\"order\":[]}",
        "{\"groups\":[],\"uncopyable\":[],\"deleted\":[null],\"order\":[]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct cb_commit commit;
        int code = parse(bad[i], 3, 8192, &commit);
        if (code != -EPROTO)
            fail_msg("accepted: %s", bad[i]);
        cb_commit_free(&commit);
    }
}

static const char *op_of(const struct cb_roots *roots, const char *name, json_t **answer, int *fd)
{
    json_decref(*answer);
    *answer = cb_roots_answer(roots, name, fd);
    return json_string_value(json_object_get(*answer, "op"));
}

static void newest_version_wins(void **state)
{
    (void)state;
    struct cb_roots *roots = cb_roots_new();
    json_t *answer = NULL;
    int fd;
    assert_string_equal(op_of(roots, "x", &answer, &fd), "absent");
    apply(roots, 0, "{\"groups\":[{\"roots\":[\"x\",\"y\"],\"stream\":[4096,10],\"buffers\":[[8192,5]]}],"
                    "\"uncopyable\":[],\"deleted\":[],\"order\":[\"y\",\"x\"]}");
    apply(roots, 2, "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[4096,7],\"buffers\":[]},"
                    "{\"roots\":[\"@a:random\"],\"stream\":[12288,7],\"buffers\":[]}],"
                    "\"uncopyable\":[{\"root\":\"g\",\"type\":\"generator\",\"reason\":\"live\"}],\"deleted\":[],"
                    "\"order\":[\"x\",\"g\"]}");
    assert_string_equal(op_of(roots, "y", &answer, &fd), "value");
    assert_int_equal(fd, 100);
    assert_int_equal(json_array_size(json_object_get(answer, "roots")), 2);
    /* x has moved on, so only y is current in the old group. */
    assert_int_equal(json_array_size(json_object_get(answer, "current")), 1);
    assert_string_equal(op_of(roots, "x", &answer, &fd), "value");
    assert_int_equal(fd, 102);
    assert_int_equal(json_integer_value(json_object_get(answer, "from")), 2);
    assert_string_equal(op_of(roots, "g", &answer, &fd), "uncopyable");
    assert_string_equal(json_string_value(json_object_get(answer, "type")), "generator");
    assert_int_equal(fd, -1);
    json_t *visible = cb_roots_visible(roots), *ambient = cb_roots_ambient(roots);
    char *text = json_dumps(visible, JSON_COMPACT), *ambient_text = json_dumps(ambient, JSON_COMPACT);
    assert_string_equal(text, "[\"y\",\"x\",\"g\"]");
    assert_string_equal(ambient_text, "[\"@a:random\"]");
    free(text);
    free(ambient_text);
    json_decref(visible);
    json_decref(ambient);
    json_decref(answer);
    cb_roots_free(roots);
}

static void deleted_names_are_gone_and_come_back_last(void **state)
{
    (void)state;
    struct cb_roots *roots = cb_roots_new();
    apply(roots, 0, "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[4096,1],\"buffers\":[]},"
                    "{\"roots\":[\"y\"],\"stream\":[12288,1],\"buffers\":[]}],"
                    "\"uncopyable\":[],\"deleted\":[],\"order\":[\"x\",\"y\"]}");
    apply(roots, 1, "{\"groups\":[],\"uncopyable\":[],\"deleted\":[\"x\"],\"order\":[]}");
    json_t *answer = NULL;
    int fd;
    assert_string_equal(op_of(roots, "x", &answer, &fd), "absent");
    apply(roots, 2, "{\"groups\":[{\"roots\":[\"x\"],\"stream\":[4096,1],\"buffers\":[]}],"
                    "\"uncopyable\":[],\"deleted\":[],\"order\":[\"x\"]}");
    json_t *visible = cb_roots_visible(roots);
    assert_string_equal(json_string_value(json_array_get(visible, 1)), "x");
    json_decref(visible);
    json_decref(answer);
    cb_roots_free(roots);
}

static void digests_cover_stream_and_buffers(void **state)
{
    (void)state;
    int fd = memfd_create("values", 0);
    assert_int_equal(pwrite(fd, "ab", 2, 4096), 2);
    assert_int_equal(pwrite(fd, "c", 1, 12288), 1);
    struct cb_extent_range buffer = {12288, 1};
    struct cb_group group = {.values_fd = fd, .stream = {4096, 2}, .buffers = &buffer, .n_buffers = 1};
    char expected[72];
    cb_sha256("abc", 3, expected);
    assert_string_equal(cb_group_digest(&group), expected);
    assert_int_equal(cb_group_bytes(&group), 3);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_commits_are_refused),
        cmocka_unit_test(newest_version_wins),
        cmocka_unit_test(deleted_names_are_gone_and_come_back_last),
        cmocka_unit_test(digests_cover_stream_and_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
