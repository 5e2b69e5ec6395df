#include "tests/sandbox/harness.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
static void smoke(void **state)
{
    (void)state;
    struct harness h;
    harness_dirs(&h);
    harness_open(&h, NULL);
    char *text = harness_run(&h, "hello", 0);
    puts(text);
    free(text);
    harness_close(&h);
}
int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(smoke)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
