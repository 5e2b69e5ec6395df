/* clang-format off */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
/* clang-format on */
#include "runtime/execute/channel.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

struct ends {
    struct cb_channel ours;
    int theirs;
};

static void open_ends(struct ends *ends)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    ends->ours = (struct cb_channel){.fd = pair[0]};
    ends->theirs = pair[1];
}

static void close_ends(struct ends *ends)
{
    cb_channel_close(&ends->ours);
    close(ends->theirs);
}

static int after_packet(const void *bytes, size_t n, json_t **frame)
{
    struct ends ends;
    open_ends(&ends);
    assert_int_equal(send(ends.theirs, bytes, n, 0), (ssize_t)n);
    int code = cb_channel_receive(&ends.ours, frame);
    close_ends(&ends);
    return code;
}

static void garbage_is_told_from_frames(void **state)
{
    (void)state;
    json_t *frame = NULL;
    assert_int_equal(after_packet("E{\"op\":\"x\"}", 11, &frame), 1);
    json_decref(frame);
    static const char *const bad[] = {"X{}", "E", "E[1]", "E{", "E{\"a\":1,\"a\":2}", "E\"text\"", "E{\"a\":NaN}",
                                      "E{\"a\":\"\\ud800\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (after_packet(bad[i], strlen(bad[i]), &frame) != -EPROTO)
            fail_msg("accepted: %s", bad[i]);
    char deep[50002];
    memset(deep, '[', sizeof deep);
    memcpy(deep, "E{\"a\":", 6);
    assert_int_equal(after_packet(deep, sizeof deep, &frame), -EPROTO);
    char large[CB_CHUNK + 200];
    memset(large, ' ', sizeof large);
    large[0] = 'E';
    assert_int_equal(after_packet(large, sizeof large, &frame), -EPROTO);
}

static void frames_come_in_parts(void **state)
{
    (void)state;
    struct ends ends;
    open_ends(&ends);
    json_t *frame = NULL;
    assert_int_equal(cb_channel_receive(&ends.ours, &frame), 0);
    assert_int_equal(send(ends.theirs, "M{\"a\":", 6, 0), 6);
    assert_int_equal(cb_channel_receive(&ends.ours, &frame), 0);
    assert_int_equal(send(ends.theirs, "E1}", 3, 0), 3);
    assert_int_equal(cb_channel_receive(&ends.ours, &frame), 1);
    assert_int_equal(json_integer_value(json_object_get(frame, "a")), 1);
    json_decref(frame);
    close(ends.theirs);
    ends.theirs = -1;
    assert_int_equal(cb_channel_receive(&ends.ours, &frame), -EPIPE);
    cb_channel_close(&ends.ours);
}

static void *echo(void *argument)
{
    /* Collect one frame sent by cb_channel_send and give its text back, split as a cell would. */
    struct ends *ends = argument;
    struct cb_channel theirs = {.fd = ends->theirs};
    json_t *frame = NULL;
    int code;
    while ((code = cb_channel_receive(&theirs, &frame)) == 0)
        ;
    cb_buffer_free(&theirs.partial);
    return code == 1 ? frame : NULL;
}

static void large_frames_arrive_whole(void **state)
{
    (void)state;
    struct ends ends;
    open_ends(&ends);
    size_t n = 5 << 20;
    char *text = cb_alloc(n + 1);
    memset(text, 'q', n);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, echo, &ends), 0);
    assert_int_equal(cb_channel_send(&ends.ours, json_pack("{s:s}", "text", text), -1, 10), 0);
    void *frame = NULL;
    pthread_join(thread, &frame);
    assert_non_null(frame);
    assert_string_equal(json_string_value(json_object_get(frame, "text")), text);
    json_decref(frame);
    free(text);
    close_ends(&ends);
}

static void a_cell_that_does_not_read_is_given_up(void **state)
{
    (void)state;
    struct ends ends;
    open_ends(&ends);
    size_t n = 8 << 20;
    char *text = cb_alloc(n + 1);
    memset(text, 'q', n);
    assert_int_equal(cb_channel_send(&ends.ours, json_pack("{s:s}", "text", text), -1, 0.2), -ETIMEDOUT);
    free(text);
    close_ends(&ends);
}

static void packets_carry_descriptors(void **state)
{
    (void)state;
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    int null = open("/dev/null", O_RDONLY);
    assert_int_equal(cb_packet_send(pair[0], json_pack("{s:i}", "a", 1), &null, 1), 0);
    json_t *frame = NULL;
    int fd = -1;
    assert_int_equal(cb_packet_receive(pair[1], 1, &frame, &fd), 1);
    assert_true(fd >= 0);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    json_decref(frame);
    close(fd);
    assert_int_equal(cb_packet_receive(pair[1], 0.05, &frame, &fd), -ETIMEDOUT);
    assert_int_equal(fd, -1);
    close(null);
    close(pair[0]);
    assert_int_equal(cb_packet_receive(pair[1], 1, &frame, &fd), -EPIPE);
    close(pair[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(garbage_is_told_from_frames), cmocka_unit_test(frames_come_in_parts),
        cmocka_unit_test(large_frames_arrive_whole),   cmocka_unit_test(a_cell_that_does_not_read_is_given_up),
        cmocka_unit_test(packets_carry_descriptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
