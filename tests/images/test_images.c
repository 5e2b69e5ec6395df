/* The image `host`: on this machine, and on made-up ones below a temporary directory. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "images/images.h"
#include "images/list.h"

static const struct cb_image_entry *find(const struct cb_image *image, const char *target)
{
    for (size_t i = 0; i < image->n_entries; i++)
        if (!strcmp(image->entries[i].target, target))
            return &image->entries[i];
    return NULL;
}

/* ---- made-up machines ---- */

struct fake {
    char root[64];
};

static char *at(const struct fake *f, const char *path)
{
    return cb_format("%s%s", f->root, path);
}

static void make_dirs(const struct fake *f, const char *path)
{
    cleanup_free char *full = at(f, path);
    for (char *p = full + strlen(f->root) + 1; (p = strchr(p, '/')); p++) {
        *p = '\0';
        mkdir(full, 0755);
        *p = '/';
    }
    mkdir(full, 0755);
}

static void make_file(const struct fake *f, const char *path, const char *text)
{
    cleanup_free char *dir = cb_strdup(path);
    *strrchr(dir, '/') = '\0';
    make_dirs(f, dir);
    cleanup_free char *full = at(f, path);
    int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    assert_true(fd >= 0);
    assert_int_equal(cb_write_full(fd, text, strlen(text)), 0);
    close(fd);
}

static void make_link(const struct fake *f, const char *path, const char *text)
{
    cleanup_free char *full = at(f, path);
    assert_int_equal(symlink(text, full), 0);
}

static int setup(void **state)
{
    struct fake *f = cb_alloc(sizeof *f);
    strcpy(f->root, "/tmp/cellblock-images-XXXXXX");
    if (!mkdtemp(f->root))
        return -1;
    make_file(f, "/usr/bin/python3.11", "elf");
    make_link(f, "/usr/bin/python3", "python3.11");
    make_file(f, "/etc/passwd", "real:x:1:1::/home/real:/bin/sh\n");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fake *f = *state;
    int code = cb_remove_tree(AT_FDCWD, f->root);
    free(f);
    return code;
}

static struct cb_image *open_fake(const struct fake *f)
{
    struct cb_image *image = NULL;
    struct cb_error err = CB_ERROR_INIT;
    assert_int_equal(cb_image_host(f->root, &image, &err), 0);
    return image;
}

static void merged_usr_keeps_its_links(void **state)
{
    struct fake *f = *state;
    make_link(f, "/bin", "usr/bin");
    make_link(f, "/lib64", "usr/lib64");
    struct cb_image *image = open_fake(f);
    assert_int_equal(find(image, "/bin")->kind, CB_IMAGE_SYMLINK);
    assert_string_equal(find(image, "/bin")->source, "usr/bin");
    assert_string_equal(find(image, "/lib64")->source, "usr/lib64");
    assert_null(find(image, "/libx32"));
    cleanup_free char *usr = at(f, "/usr");
    assert_int_equal(find(image, "/usr")->kind, CB_IMAGE_BIND);
    assert_string_equal(find(image, "/usr")->source, usr);
    cb_image_close(image);
}

static void split_usr_is_bound(void **state)
{
    struct fake *f = *state;
    make_dirs(f, "/bin");
    make_dirs(f, "/lib");
    struct cb_image *image = open_fake(f);
    assert_int_equal(find(image, "/bin")->kind, CB_IMAGE_BIND);
    assert_int_equal(find(image, "/lib")->kind, CB_IMAGE_BIND);
    cb_image_close(image);
}

static void etc_holds_only_what_is_listed(void **state)
{
    struct fake *f = *state;
    static const char *const secret[] = {"/etc/shadow",   "/etc/machine-id",   "/etc/resolv.conf",
                                         "/etc/pip.conf", "/etc/gitconfig",    "/etc/ssl/private/key.pem",
                                         "/etc/ssh/key",  "/etc/hosts.secret", "/root/x",
                                         "/home/real/x",  "/var/lib/secret",   "/run/secret",
                                         "/opt/x"};
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
        make_file(f, secret[i], "secret");
    make_file(f, "/etc/ssl/certs/a.pem", "public");
    make_file(f, "/etc/fonts/fonts.conf", "fonts");
    make_link(f, "/etc/localtime", "/usr/share/zoneinfo/Etc/UTC");
    struct cb_image *image = open_fake(f);
    for (size_t i = 0; i < image->n_entries; i++) {
        const struct cb_image_entry *e = &image->entries[i];
        if (e->kind != CB_IMAGE_BIND)
            continue;
        const char *path = e->source + strlen(f->root);
        for (size_t k = 0; k < sizeof secret / sizeof *secret; k++) {
            size_t n = strlen(path);
            bool inside = !strncmp(secret[k], path, n) && (secret[k][n] == '/' || secret[k][n] == '\0');
            if (inside)
                fail_msg("%s shows %s", path, secret[k]);
        }
    }
    assert_int_equal(find(image, "/etc/ssl/certs")->kind, CB_IMAGE_BIND);
    assert_int_equal(find(image, "/etc/fonts")->kind, CB_IMAGE_BIND);
    assert_int_equal(find(image, "/etc/localtime")->kind, CB_IMAGE_SYMLINK);
    assert_null(find(image, "/etc/resolv.conf"));
    cb_image_close(image);
}

static void only_what_packages_install_in_var_is_shown(void **state)
{
    struct fake *f = *state;
    make_file(f, "/var/lib/texmf/web2c/latex.fmt", "format");
    make_file(f, "/var/lib/dpkg/status", "packages");
    make_file(f, "/var/lib/postgresql/data", "secret");
    make_dirs(f, "/sys/devices/system/cpu/cpu0");
    make_file(f, "/sys/class/dmi/id/product_uuid", "secret");
    struct cb_image *image = open_fake(f);
    assert_int_equal(find(image, "/var/lib/texmf")->kind, CB_IMAGE_BIND);
    assert_int_equal(find(image, "/sys/devices/system/cpu")->kind, CB_IMAGE_BIND);
    static const char *const hidden[] = {"/var/lib", "/var/lib/dpkg", "/var/lib/postgresql", "/sys", "/sys/class",
                                         "/sys/devices", "/sys/devices/system"};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        assert_null(find(image, hidden[i]));
    cb_image_close(image);
}

static void accounts_are_made_up(void **state)
{
    struct cb_image *image = open_fake(*state);
    assert_int_equal(find(image, "/etc/passwd")->kind, CB_IMAGE_FILE);
    assert_null(strstr(find(image, "/etc/passwd")->source, "real"));
    assert_non_null(strstr(find(image, "/etc/passwd")->source, "cell:x:1000:1000:"));
    assert_string_equal(find(image, "/etc/hostname")->source, "cellblock\n");
    cb_image_close(image);
}

static void ipython_is_found_for_this_python_only(void **state)
{
    struct fake *f = *state;
    make_file(f, "/usr/lib/python3.12/dist-packages/IPython/__init__.py", "");
    struct cb_image *image = open_fake(f);
    assert_false(image->has_ipython);
    cb_image_close(image);
    make_file(f, "/usr/local/lib/python3.11/dist-packages/IPython/__init__.py", "");
    image = open_fake(f);
    assert_true(image->has_ipython);
    cb_image_close(image);
}

static void digest_follows_packages_and_files(void **state)
{
    struct fake *f = *state;
    char before[72];
    struct cb_image *image = open_fake(f);
    strcpy(before, image->digest);
    assert_int_equal(strlen(before), 71);
    cb_image_close(image);

    image = open_fake(f);
    assert_string_equal(image->digest, before);
    cb_image_close(image);

    static const char *const changes[] = {"/var/lib/dpkg/status", "/etc/matplotlibrc",
                                          "/usr/local/lib/python3.11/dist-packages/new.py"};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        make_file(f, changes[i], "changed");
        image = open_fake(f);
        assert_string_not_equal(image->digest, before);
        strcpy(before, image->digest);
        cb_image_close(image);
    }
}

static void without_python_is_the_host_s_fault(void **state)
{
    struct fake *f = *state;
    cleanup_free char *python = at(f, "/usr/bin/python3");
    assert_int_equal(unlink(python), 0);
    struct cb_image *image = NULL;
    struct cb_error err = CB_ERROR_INIT;
    assert_int_equal(cb_image_host(f->root, &image, &err), -ENOENT);
    assert_null(image);
    assert_int_equal(err.exit, CB_EXIT_HOST);
    assert_true(strlen(err.remedy) > 0);
}

/* ---- this machine ---- */

static void this_host(void **state)
{
    (void)state;
    struct cb_image *image = NULL;
    struct cb_error err = CB_ERROR_INIT;
    assert_int_equal(cb_image_open(NULL, &image, &err), 0);
    assert_string_equal(image->name, "host");
    assert_string_equal(image->home, "/home/cell");
    static const char *const absent[] = {"/etc/shadow", "/etc/machine-id", "/etc/resolv.conf", "/opt",
                                         "/sys",        "/home",           "/dev/tty",         "/dev/mem",
                                         "/dev/kmsg"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_null(find(image, absent[i]));
    static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                          "/dev/urandom"};
    size_t n_devices = 0;
    for (size_t i = 0; i < image->n_entries; i++) {
        const struct cb_image_entry *e = &image->entries[i];
        assert_int_equal(e->target[0], '/');
        assert_non_null(e->source);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(image->entries[k].target, e->target);
        if (e->kind == CB_IMAGE_DEVICE)
            assert_string_equal(e->target, devices[n_devices++]);
        if (e->kind == CB_IMAGE_BIND)
            assert_true(!strcmp(e->target, e->source));
    }
    assert_int_equal(n_devices, 5);
    cb_image_close(image);
}

static void unknown_names_are_usage_errors(void **state)
{
    (void)state;
    struct cb_image *image = NULL;
    struct cb_error err = CB_ERROR_INIT;
    assert_int_equal(cb_image_open("nonesuch", &image, &err), -ENOENT);
    assert_int_equal(err.exit, CB_EXIT_USAGE);
    assert_non_null(strstr(err.message, "nonesuch"));
    cb_image_close(NULL);
    size_t n;
    const char *const *names = cb_image_names(&n);
    assert_int_equal(n, 1);
    assert_string_equal(names[0], "host");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(merged_usr_keeps_its_links, setup, teardown),
        cmocka_unit_test_setup_teardown(split_usr_is_bound, setup, teardown),
        cmocka_unit_test_setup_teardown(etc_holds_only_what_is_listed, setup, teardown),
        cmocka_unit_test_setup_teardown(only_what_packages_install_in_var_is_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(accounts_are_made_up, setup, teardown),
        cmocka_unit_test_setup_teardown(ipython_is_found_for_this_python_only, setup, teardown),
        cmocka_unit_test_setup_teardown(digest_follows_packages_and_files, setup, teardown),
        cmocka_unit_test_setup_teardown(without_python_is_the_host_s_fault, setup, teardown),
        cmocka_unit_test(this_host),
        cmocka_unit_test(unknown_names_are_usage_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
