/*
 * Prints how long a cell takes to open, and to open, fork and enter: median and 95th percentile,
 * milliseconds.
 *
 * TMPDIR chooses the file system, which matters: an overlay mount makes half a dozen inodes, and ext4 without
 * a journal looks at every inode that was deleted in the last seconds before it makes one (recently_deleted,
 * fs/ext4/ialloc.c), so there a bench or test that removes trees slows down what follows.
 */
#include "tests/sandbox/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define ROUNDS 100

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print(const char *what, double *samples, size_t n)
{
    qsort(samples, n, sizeof *samples, by_value);
    printf("%-24s median %.2f ms  p95 %.2f ms  min %.2f ms\n", what, samples[n / 2] * 1e3,
           samples[n * 95 / 100] * 1e3, samples[0] * 1e3);
}

static double mean(const double *samples)
{
    double sum = 0;
    for (size_t i = 0; i < 10; i++)
        sum += samples[i] * 100;
    return sum;
}

static void measure(const char *title, useconds_t pause_us, const struct cb_limits *limits)
{
    static double open_only[ROUNDS], entered[ROUNDS], verified[ROUNDS], closed[ROUNDS];
    struct harness h;
    harness_dirs(&h);
    harness_open(&h, limits);
    for (size_t i = 0; i < ROUNDS; i++) {
        struct harness_cell c;
        struct cb_error err = CB_ERROR_INIT;
        usleep(pause_us);
        struct cb_cell_spec spec;
        harness_cell_dirs(&h, &c, &spec);
        double start = cb_monotonic();
        assert_int_equal(cb_cell_open(h.sandbox, &spec, &c.cell, &err), 0);
        open_only[i] = cb_monotonic() - start;
        harness_enter(&h, &c, "hello", 0);
        entered[i] = cb_monotonic() - start;
        assert_int_equal(cb_cell_verify(h.sandbox, &c.cell, c.pidfd, &err), 0);
        verified[i] = cb_monotonic() - start;
        free(harness_result(&c));
        start = cb_monotonic();
        harness_cell_close(&h, &c, NULL);
        closed[i] = cb_monotonic() - start;
    }
    printf("%s; first ten opens %.2f ms, last ten %.2f ms\n", title, mean(open_only),
           mean(open_only + ROUNDS - 10));
    print("  open", open_only, ROUNDS);
    print("  open+fork+enter", entered, ROUNDS);
    print("  …+verify", verified, ROUNDS);
    print("  close", closed, ROUNDS);
    harness_close(&h);
}

static void bench(void **state)
{
    (void)state;
    struct cb_limits limited = {
        .memory_bytes = 1ull << 30, .shm_bytes = 16 << 20, .processes = 64, .descriptors = 1024};
    measure("cells back to back", 0, NULL);
    measure("cells 5 ms apart (a spare init is ready)", 5000, NULL);
    measure("5 ms apart, memory and process limits", 5000, &limited);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bench)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
