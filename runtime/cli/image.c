/* cellblock image list. */
#include <jansson.h>
#include <string.h>

#include "images/images.h"
#include "runtime/cli/cli.h"

static const char help[] =
    "Usage: cellblock image list [--json]\n"
    "\n"
    "List the images: the root file systems that `cellblock run --image NAME` gives to cells.\n"
    "The digest changes when the packages behind an image do.\n";

static int usage(const char *word)
{
    struct cb_error err = CB_ERROR_INIT;
    cb_fail(&err, -EINVAL, CB_EXIT_USAGE, "",
            *word ? "image does not take \"%s\"" : "image needs to know what to do%s", word);
    cb_error_remedy(&err, "cellblock image list");
    return cb_cli_fail(&err, NULL);
}

static int add_row(const char *name, struct cb_buffer *rows, json_t *list, struct cb_error *err)
{
    struct cb_image *image = NULL;
    int code = cb_image_open(name, &image, err);
    if (code < 0)
        return code;
    /* As with git and docker, 12 digits tell digests apart; --json has them all. */
    cb_buffer_addf(rows, "%-12s %-20.19s %s%s\n", image->name, image->digest, image->description,
                   image->has_ipython ? "" : " (without IPython: cannot run notebooks)");
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:b}", "name", image->name, "digest",
                                          image->digest, "description", image->description, "python",
                                          image->python, "ipython", image->has_ipython));
    cb_image_close(image);
    return 0;
}

static int list(bool as_json)
{
    cleanup_buffer struct cb_buffer rows = {0};
    struct cb_error err = CB_ERROR_INIT;
    json_t *images = json_array();
    cb_buffer_addf(&rows, "%-12s %-20s %s\n", "NAME", "DIGEST", "DESCRIPTION");
    size_t n;
    const char *const *names = cb_image_names(&n);
    int code = 0;
    for (size_t i = 0; i < n && code == 0; i++)
        code = add_row(names[i], &rows, images, &err);
    if (code == 0 && as_json) {
        char *text = json_dumps(images, JSON_INDENT(1));
        rows.length = 0;
        cb_buffer_addf(&rows, "%s\n", text ? text : "[]");
        free(text);
    }
    json_decref(images);
    return code < 0 ? cb_cli_fail(&err, NULL) : cb_cli_print(rows.text, rows.length);
}

int cb_command_image(int argc, char **argv)
{
    bool as_json = false, list_wanted = false;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
            return cb_cli_print(help, strlen(help));
        else if (!strcmp(argv[i], "--json"))
            as_json = true;
        else if (!strcmp(argv[i], "list") && !list_wanted)
            list_wanted = true;
        else
            return usage(argv[i]);
    }
    return list_wanted ? list(as_json) : usage("");
}
