/* Which directories are no workspace by default. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "runtime/cli/cli.h"

static void refusals(void **state)
{
    (void)state;
    static const char *const homes[] = {"/srv/people/ann", "/root", "/", "/var/lib/postgresql",
                                        "/data/home/bob"};
    static const struct {
        const char *dir;
        bool refused;
    } cases[] = {
        {"/", true},
        {"/root", true},
        {"/root/work", false},
        {"/home", true},
        {"/home/ann", true},
        {"/home/ann/notebooks", false},
        {"/home/ann/.ssh", false},
        {"/homes", false},
        {"/homework/x", false},
        {"/srv/people/ann", true},
        {"/srv/people/ann/nb", false},
        {"/srv/people/anna", false},
        {"/srv/people", true},
        {"/srv", true},
        {"/srv/other", false},
        {"/var", true},
        {"/var/lib", true},
        {"/var/lib/postgres", false},
        {"/data", true},
        {"/data/home", true},
        {"/data/home/bobby", false},
        {"/tmp/x", false},
        {"/work", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *reason = cb_workspace_refusal(cases[i].dir, homes, sizeof homes / sizeof *homes);
        if ((reason != NULL) != cases[i].refused)
            fail_msg("%s: %s", cases[i].dir, reason ? reason : "taken");
    }
    assert_non_null(cb_workspace_refusal("/home/someone", NULL, 0));
    assert_non_null(cb_workspace_refusal("/", NULL, 0));
    assert_non_null(cb_workspace_refusal("/root", NULL, 0));
}

static void the_environment_s_home(void **state)
{
    (void)state;
    char dir[] = "/tmp/cellblock-home-XXXXXX";
    assert_non_null(mkdtemp(dir));
    cleanup_free char *home = cb_format("%s/home", dir), *inside = cb_format("%s/home/nb", dir);
    cleanup_free char *link = cb_format("%s/link", dir);
    assert_int_equal(mkdir(home, 0755), 0);
    assert_int_equal(mkdir(inside, 0755), 0);
    assert_int_equal(symlink("home", link), 0);
    cleanup_free char *before = getenv("HOME") ? cb_strdup(getenv("HOME")) : NULL;
    setenv("HOME", link, 1); /* a link to the home directory hides nothing */

    static const struct {
        const char *notebook;
        bool refused;
    } cases[] = {
        {"a.ipynb", true},      /* holds the home */
        {"home/a.ipynb", true}, /* is the home */
        {"link/a.ipynb", true}, /* is the home, by another name */
        {"home/../home/a.ipynb", true},
        {"home/nb/../a.ipynb", true},
        {"home/nb/a.ipynb", false},
        {"link/nb/a.ipynb", false},
        {"nowhere/a.ipynb", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup_free char *path = cb_format("%s/%s", dir, cases[i].notebook);
        cleanup_free char *workspace = NULL;
        struct cb_error err = CB_ERROR_INIT;
        int code = cb_workspace_default(path, &workspace, &err);
        if ((code != 0) != cases[i].refused)
            fail_msg("%s: %s", cases[i].notebook, err.message);
        if (code == 0) {
            assert_string_equal(workspace, inside);
            continue;
        }
        assert_null(workspace);
        assert_int_equal(err.exit, CB_EXIT_USAGE);
        assert_true(strlen(err.remedy) > 0);
    }
    if (before)
        setenv("HOME", before, 1);
    assert_int_equal(cb_remove_tree(AT_FDCWD, dir), 0);
}

static void a_store_in_the_workspace(void **state)
{
    (void)state;
    char dir[] = "/tmp/cellblock-store-XXXXXX";
    assert_non_null(mkdtemp(dir));
    cleanup_free char *work = cb_format("%s/work", dir);
    assert_int_equal(mkdir(work, 0755), 0);
    static const struct {
        const char *store;
        bool refused;
    } cases[] = {
        {"work", true},
        {"work/store", true},
        {"work/not/yet/there", true},
        {"work/../store", false},
        {"store", false},
        {"workshop", false},
        {".", false}, /* the other way round does no harm */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cleanup_free char *store = cb_format("%s/%s", dir, cases[i].store);
        struct cb_error err = CB_ERROR_INIT;
        if ((cb_workspace_check_store(work, store, &err) != 0) != cases[i].refused)
            fail_msg("%s: %s", cases[i].store, err.message);
        assert_int_equal(err.exit, cases[i].refused ? CB_EXIT_USAGE : CB_EXIT_INTERNAL);
    }
    assert_int_equal(cb_remove_tree(AT_FDCWD, dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(refusals), cmocka_unit_test(the_environment_s_home),
                                       cmocka_unit_test(a_store_in_the_workspace)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
