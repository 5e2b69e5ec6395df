/*
 * images: what root does a cell see? An image is a list of things to put into an empty root; it knows nothing of
 * namespaces. The image `host` is assembled from read-only binds of what Python needs from this machine.
 */
#ifndef CB_IMAGES_H
#define CB_IMAGES_H

#include "base/base.h"

enum cb_image_kind { CB_IMAGE_BIND, CB_IMAGE_SYMLINK, CB_IMAGE_FILE, CB_IMAGE_DIR, CB_IMAGE_DEVICE };
struct cb_image_entry {
    enum cb_image_kind kind; /* same order and meaning as enum cb_mount_kind in sandbox/sandbox.h */
    const char *target;
    const char *source;
};
struct cb_image {
    const char *name;
    const char *digest;      /* "sha256:…" of the list and of the packages behind it (dpkg status); changes when they do */
    const char *home;        /* "/home/cell" */
    const char *user;        /* "cell" */
    const char *python;      /* path of the interpreter in the image, "/usr/bin/python3" */
    const char *description; /* one line for `image list` */
    const struct cb_image_entry *entries;
    size_t n_entries;
    bool has_ipython;        /* found by looking, without running anything of the image */
};

/* `name` NULL means "host". Unknown name: -ENOENT, CB_EXIT_USAGE. Caller frees with cb_image_close (NULL is fine). */
int cb_image_open(const char *name, struct cb_image **out, struct cb_error *err);
void cb_image_close(struct cb_image *image);

/* Names of the images there are; static array. */
const char *const *cb_image_names(size_t *n);

#endif
