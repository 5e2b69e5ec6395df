/* cellblock doctor: what this machine can do, what is missing, and how to mend it. */
#include <jansson.h>
#include <string.h>

#include "runtime/cli/checks.h"
#include "runtime/cli/cli.h"

static const char help[] =
    "Usage: cellblock doctor [--json]\n"
    "\n"
    "Check each kernel feature (by using it) and each package that running notebooks needs.\n"
    "Exit status: 0 when notebooks can run, 5 when something that they need is missing.\n";

static const char *status_of(enum cb_probe_state state)
{
    return state == CB_PROBE_OK ? "ok" : state == CB_PROBE_OPTIONAL_MISSING ? "optional" : "missing";
}

static void add_line(struct cb_buffer *out, const struct cb_probe *check)
{
    cb_buffer_addf(out, "%-9s %-26s ", status_of(check->state), check->name);
    cb_terminal_add(out, check->detail, strlen(check->detail), CB_ONE_LINE);
    cb_buffer_adds(out, "\n");
    if (check->state != CB_PROBE_OK && check->remedy[0])
        cb_buffer_addf(out, "%-9s %-26s what to do: %s\n", "", "", check->remedy);
}

static void add_json(json_t *list, const struct cb_probe *check)
{
    json_array_append_new(list, json_pack("{s:s, s:s, s:s%, s:s%}", "name", check->name, "status",
                                          status_of(check->state), "detail", check->detail,
                                          strnlen(check->detail, sizeof check->detail), "remedy",
                                          check->remedy, strnlen(check->remedy, sizeof check->remedy)));
}

static int examine(bool as_json)
{
    size_t counts[2];
    const struct cb_probe *const groups[2] = {cb_sandbox_probe(&counts[0]), cb_check_programs(&counts[1])};
    static const char *const titles[2] = {"kernel", "programs and packages"};
    cleanup_buffer struct cb_buffer text = {0};
    json_t *list = json_array();
    size_t missing = 0;
    for (size_t g = 0; g < 2; g++) {
        cb_buffer_addf(&text, "%s%s\n", g ? "\n" : "", titles[g]);
        for (size_t i = 0; i < counts[g]; i++) {
            missing += groups[g][i].state == CB_PROBE_MISSING;
            add_line(&text, &groups[g][i]);
            add_json(list, &groups[g][i]);
        }
    }
    if (missing)
        cb_buffer_addf(&text, "\n%zu missing: notebooks cannot run until that is mended.\n", missing);
    else
        cb_buffer_adds(&text, "\nNotebooks can run here.\n");
    json_t *object = json_pack("{s:b, s:o}", "ok", missing == 0, "checks", list);
    if (as_json) {
        char *dump = json_dumps(object, JSON_INDENT(1));
        text.length = 0;
        cb_buffer_addf(&text, "%s\n", dump ? dump : "{}");
        free(dump);
    }
    json_decref(object);
    int failed = cb_cli_print(text.text, text.length);
    return failed ? failed : missing ? CB_EXIT_HOST : CB_EXIT_OK;
}

int cb_command_doctor(int argc, char **argv)
{
    bool as_json = false;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
            return cb_cli_print(help, strlen(help));
        if (strcmp(argv[i], "--json") != 0) {
            struct cb_error err = CB_ERROR_INIT;
            cb_fail(&err, -EINVAL, CB_EXIT_USAGE, "", "doctor does not take \"%s\"", argv[i]);
            cb_error_remedy(&err, "`cellblock doctor --help` lists the options");
            return cb_cli_fail(&err, NULL);
        }
        as_json = true;
    }
    return examine(as_json);
}
