/*
 * list: the entries of an image while it is being put together. Private to images/.
 */
#ifndef CB_IMAGES_LIST_H
#define CB_IMAGES_LIST_H

#include "images/images.h"

/* An image that owns all its strings; `image` comes first so that a pointer to it is a pointer to this. */
struct cb_image_list {
    struct cb_image image;
    struct cb_image_entry *entries;
    size_t capacity;
    char digest[72];
};

struct cb_image_list *cb_image_list_new(void);
void cb_image_list_add(struct cb_image_list *list, enum cb_image_kind kind, const char *target,
                       const char *source);

/* SHA-256 over all entries and `state`, what is known of the files behind the binds. */
void cb_image_list_seal(struct cb_image_list *list, const struct cb_buffer *state);

/* The image `host`, seen below the directory `root` ("" for this machine; tests give another). Binds are
 * named as the caller would open them: with `root` in front. */
int cb_image_host(const char *root, struct cb_image **out, struct cb_error *err);

#endif
