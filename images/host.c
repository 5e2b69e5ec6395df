/*
 * The image `host`: what Python needs of this machine and nothing that tells whose machine it is. /usr is
 * bound whole; of /etc, only the names in the table below; /home, /root, /var, /run and /opt are absent or
 * empty.
 */
#include "images/list.h"

#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* Directories of /var/lib and /var/cache that packages fill when they are installed and that programs read: TeX's
 * formats and font maps, Ghostscript's fonts, fontconfig's cache. Nothing there comes from a user. */
static const char *const var_names[] = {
    "/var/lib/texmf",
    "/var/lib/tex-common",
    "/var/lib/ghostscript",
    "/var/lib/dictionaries-common",
    "/var/lib/aspell",
    "/var/cache/fonts",
    "/var/cache/fontconfig",
    "/var/cache/dictionaries-common",
};

/* Names (glob patterns) of /etc that programs and libraries in /usr read. Left out on purpose, beside
 * accounts and the host's name: whatever may hold a token or a password (gitconfig, npmrc, pip.conf, wgetrc,
 * ssl/private, …). */
static const char *const etc_names[] = {
    /* dynamic linker, and the links that choose between packages (BLAS, awk, editors) */
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "alternatives",
    /* Python and what reads configuration through it */
    "python3*",
    "ipython",
    "matplotlibrc",
    /* time, language, terminal */
    "localtime",
    "timezone",
    "locale.alias",
    "locale.gen",
    "terminfo",
    "inputrc",
    "papersize",
    /* fonts and pictures */
    "fonts",
    "ImageMagick-*",
    "ghostscript",
    "gimp",
    "vulkan",
    "glvnd",
    "OpenCL",
    "X11/rgb.txt",
    /* names of formats, protocols and numbers */
    "mime.types",
    "magic",
    "magic.mime",
    "protocols",
    "services",
    "rpc",
    "ethertypes",
    "networks",
    /* certificates that are public, and the settings of libssl; never ssl/private */
    "ssl/certs",
    "ssl/openssl.cnf",
    "ca-certificates.conf",
    /* shells and tools that notebooks call with `!` */
    "shells",
    "perl",
    "groff",
    "texmf",
    "R",
    "octave*",
    "java*",
    "openmpi",
    "xml",
    "sgml",
    "dictionaries-common",
    "lynx",
    "libreoffice",
    "maxima",
    "gdb",
    "manpath.config",
    "fpc*.cfg",
    "gnucobol",
    "povray",
    "graphviz",
    "gtk-2.0",
    "gtk-3.0",
    "vim",
    /* which distribution this is */
    "os-release",
    "debian_version",
    "lsb-release",
};

static const char passwd[] = "root:x:0:0:root:/root:/usr/sbin/nologin\n"
                             "cell:x:1000:1000:cell:/home/cell:/bin/bash\n"
                             "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
static const char group[] = "root:x:0:\ntty:x:5:\ncell:x:1000:\nnogroup:x:65534:\n";
static const char hosts[] = "127.0.0.1\tlocalhost cellblock\n::1\tlocalhost ip6-localhost\n";
static const char nsswitch[] = "passwd: files\ngroup: files\nshadow: files\nhosts: files\nnetworks: files\n"
                               "protocols: files\nservices: files\nethers: files\nrpc: files\n";

/* A host being looked at: where it is, what has been collected. */
struct host {
    const char *root;
    struct cb_image_list *list;
    struct cb_buffer state; /* facts about the files behind the binds that go into the digest */
};

static void note(struct host *h, const char *path, const struct stat *st)
{
    cb_buffer_addf(&h->state, "%s %lld %lld.%09ld\n", path, (long long)st->st_size,
                   (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

/* Put the host's `path` at the same place of the image: links as links, with the host's own text, the rest as
 * binds. What is absent is left out. */
static void mirror(struct host *h, const char *path)
{
    cleanup_free char *source = cb_format("%s%s", h->root, path);
    struct stat st;
    if (lstat(source, &st) < 0)
        return;
    if (S_ISLNK(st.st_mode)) {
        char text[PATH_MAX];
        ssize_t n = readlink(source, text, sizeof text - 1);
        if (n < 0)
            return;
        text[n] = '\0';
        cb_image_list_add(h->list, CB_IMAGE_SYMLINK, path, text);
    } else if (S_ISDIR(st.st_mode) || S_ISREG(st.st_mode)) {
        cb_image_list_add(h->list, CB_IMAGE_BIND, path, source);
        note(h, path, &st);
    }
}

static void add_system(struct host *h)
{
    static const char *const tops[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};
    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++)
        mirror(h, tops[i]);
}

static void add_etc(struct host *h)
{
    for (size_t i = 0; i < sizeof etc_names / sizeof *etc_names; i++) {
        cleanup_free char *pattern = cb_format("%s/etc/%s", h->root, etc_names[i]);
        glob_t found;
        if (glob(pattern, 0, NULL, &found) == 0)
            for (size_t k = 0; k < found.gl_pathc; k++)
                mirror(h, found.gl_pathv[k] + strlen(h->root));
        globfree(&found);
    }
    struct cb_image_list *l = h->list;
    cb_image_list_add(l, CB_IMAGE_FILE, "/etc/passwd", passwd);
    cb_image_list_add(l, CB_IMAGE_FILE, "/etc/group", group);
    cb_image_list_add(l, CB_IMAGE_FILE, "/etc/hosts", hosts);
    cb_image_list_add(l, CB_IMAGE_FILE, "/etc/hostname", "cellblock\n");
    cb_image_list_add(l, CB_IMAGE_FILE, "/etc/host.conf", "multi on\n");
    cb_image_list_add(l, CB_IMAGE_FILE, "/etc/nsswitch.conf", nsswitch);
}

static void add_var(struct host *h)
{
    for (size_t i = 0; i < sizeof var_names / sizeof *var_names; i++)
        mirror(h, var_names[i]);
}

static void add_dev(struct cb_image_list *l)
{
    static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                          "/dev/urandom"};
    static const char *const links[][2] = {
        {"/dev/ptmx", "pts/ptmx"},          {"/dev/fd", "/proc/self/fd"},
        {"/dev/stdin", "/proc/self/fd/0"},  {"/dev/stdout", "/proc/self/fd/1"},
        {"/dev/stderr", "/proc/self/fd/2"},
    };
    cb_image_list_add(l, CB_IMAGE_DIR, "/dev", "");
    /* Always this machine's: a device node of a foreign root would be opened by number all the same. */
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        cb_image_list_add(l, CB_IMAGE_DEVICE, devices[i], devices[i]);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        cb_image_list_add(l, CB_IMAGE_SYMLINK, links[i][0], links[i][1]);
    cb_image_list_add(l, CB_IMAGE_DIR, "/dev/pts", "");
    cb_image_list_add(l, CB_IMAGE_DIR, "/dev/shm", "");
}

static void add_empty(struct cb_image_list *l)
{
    static const char *const dirs[] = {"/proc", "/work", "/tmp", "/home/cell", "/root", "/run", "/var"};
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++)
        cb_image_list_add(l, CB_IMAGE_DIR, dirs[i], "");
    cb_image_list_add(l, CB_IMAGE_SYMLINK, "/var/tmp", "/tmp");
    cb_image_list_add(l, CB_IMAGE_SYMLINK, "/var/run", "/run");
}

/* What hwloc (OpenCL, MPI), lscpu and psutil ask about processors; /proc/cpuinfo tells as much. */
static void add_processors(struct host *h)
{
    static const char *const dirs[] = {"/sys/devices/system/cpu", "/sys/devices/system/node"};
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        cleanup_free char *source = cb_format("%s%s", h->root, dirs[i]);
        if (access(source, R_OK | X_OK) == 0)
            cb_image_list_add(h->list, CB_IMAGE_BIND, dirs[i], source);
    }
}

/* Name of the versioned interpreter behind /usr/bin/python3 ("python3.11"), from the link, without running
 * it. */
static void python_version(const struct host *h, char out[32])
{
    cleanup_free char *path = cb_format("%s/usr/bin/python3", h->root);
    char text[PATH_MAX];
    ssize_t n = readlink(path, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    const char *base = strrchr(text, '/') ? strrchr(text, '/') + 1 : text;
    snprintf(out, 32, "%.31s", !strncmp(base, "python3.", 8) ? base : "python3");
}

/* Look through the directories on the interpreter's path: is IPython there, and what state are they in? */
static void look_at_packages(struct host *h)
{
    static const char *const dirs[] = {
        "/usr/lib/python3/dist-packages",  "/usr/lib/%s/dist-packages", "/usr/local/lib/%s/dist-packages",
        "/usr/local/lib/%s/site-packages", "/usr/lib/%s/site-packages", "/usr/lib64/%s/site-packages",
    };
    char version[32];
    python_version(h, version);
    for (size_t i = 0; i < sizeof dirs / sizeof *dirs; i++) {
        const char *mark = strstr(dirs[i], "%s");
        cleanup_free char *dir =
            mark ? cb_format("%.*s%s%s", (int)(mark - dirs[i]), dirs[i], version, mark + 2)
                 : cb_strdup(dirs[i]);
        cleanup_free char *path = cb_format("%s%s", h->root, dir);
        cleanup_free char *init = cb_format("%s/IPython/__init__.py", path);
        struct stat st;
        if (stat(path, &st) == 0)
            note(h, dir, &st);
        if (stat(init, &st) == 0 && S_ISREG(st.st_mode))
            h->list->image.has_ipython = true;
    }
}

/* The package database says which files /usr holds. Beyond 64 MiB its size and time must do. */
static void look_at_dpkg(struct host *h)
{
    cleanup_free char *path = cb_format("%s/var/lib/dpkg/status", h->root);
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return;
    if (st.st_size > (64 << 20)) {
        note(h, "dpkg", &st);
        return;
    }
    size_t n = (size_t)st.st_size;
    cleanup_free char *text = cb_alloc(n);
    if (cb_read_full(fd, text, n) < 0) {
        note(h, "dpkg", &st);
        return;
    }
    char digest[72];
    cb_sha256(text, n, digest);
    cb_buffer_addf(&h->state, "dpkg %s\n", digest);
}

int cb_image_host(const char *root, struct cb_image **out, struct cb_error *err)
{
    *out = NULL;
    cleanup_free char *python = cb_format("%s/usr/bin/python3", root);
    if (access(python, X_OK) < 0) {
        cb_fail(err, -ENOENT, CB_EXIT_HOST, "",
                "the image \"host\" needs /usr/bin/python3, which this machine lacks");
        cb_error_remedy(err, "apt-get install python3 python3-ipython");
        return -ENOENT;
    }
    struct host h = {.root = root, .list = cb_image_list_new()};
    h.list->image.name = "host";
    h.list->image.home = "/home/cell";
    h.list->image.user = "cell";
    h.list->image.python = "/usr/bin/python3";
    h.list->image.description = "this machine's /usr, read-only, and the parts of /etc that Python needs";
    add_system(&h);
    add_etc(&h);
    add_dev(h.list);
    add_empty(h.list);
    add_var(&h);
    add_processors(&h);
    look_at_packages(&h);
    look_at_dpkg(&h);
    cb_image_list_seal(h.list, &h.state);
    cb_buffer_free(&h.state);
    *out = &h.list->image;
    return 0;
}
