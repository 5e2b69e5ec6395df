/* pax.c: tar headers (POSIX.1-2001 pax interchange format). */
#include "snapshot/internal.h"

#include <string.h>

struct ustar {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
    char magic[6], version[2], uname[32], gname[32], devmajor[8], devminor[8], prefix[155], pad[12];
};
_Static_assert(sizeof(struct ustar) == CB_BLOCK, "a tar header is one block");

enum { OWNER = 1000, SMALL_SIZE_BITS = 33 };

static unsigned digits(size_t n)
{
    unsigned d = 1;
    while (n >= 10) {
        n /= 10;
        d++;
    }
    return d;
}

void cb_pax_record(struct cb_buffer *out, const char *key, const void *value, size_t n)
{
    /* "LENGTH key=value\n", and LENGTH counts its own digits. */
    size_t rest = 1 + strlen(key) + 1 + n + 1;
    size_t total = rest + digits(rest);
    if (digits(total) != digits(rest))
        total = rest + digits(total);
    cb_buffer_addf(out, "%zu %s=", total, key);
    cb_buffer_add(out, value, n);
    cb_buffer_adds(out, "\n");
}

/* A comment record of exactly `total` bytes. */
static void add_comment(struct cb_buffer *out, size_t total)
{
    static const char spaces[64] = {[0 ... 63] = ' '};
    size_t value = total - digits(total) - strlen(" comment=\n");
    cb_buffer_addf(out, "%zu comment=", total);
    for (size_t n; value > 0; value -= n) {
        n = value < sizeof spaces ? value : sizeof spaces;
        cb_buffer_add(out, spaces, n);
    }
    cb_buffer_adds(out, "\n");
}

static bool is_plain(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < 0x20 || s[i] > 0x7e)
            return false;
    return n <= 100;
}

static bool is_utf8(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 0; i < n;) {
        unsigned char c = s[i++];
        unsigned more = c < 0x80                ? 0
                        : c >= 0xc2 && c < 0xe0 ? 1
                        : c >= 0xe0 && c < 0xf0 ? 2
                        : c >= 0xf0 && c < 0xf5 ? 3
                                                : 9;
        if (more > n - i)
            return false;
        if (more && ((c == 0xe0 && s[i] < 0xa0) || (c == 0xed && s[i] > 0x9f) || (c == 0xf0 && s[i] < 0x90) ||
                     (c == 0xf4 && s[i] > 0x8f)))
            return false;
        for (; more; more--, i++)
            if ((s[i] & 0xc0) != 0x80)
                return false;
    }
    return true;
}

static void octal(char *field, size_t width, uint64_t value)
{
    field[--width] = '\0';
    while (width-- > 0) {
        field[width] = (char)('0' + (value & 7));
        value >>= 3;
    }
}

/* What old readers show for a name that has its true form in a pax record. */
static void plain_name(char field[100], const char *s, size_t n)
{
    for (size_t i = 0; i < n && i < 100; i++)
        field[i] = s[i] < 0x20 || s[i] > 0x7e ? '_' : s[i];
}

static void add_ustar(struct cb_buffer *out, const struct cb_pax_entry *e, char type, uint64_t size)
{
    struct ustar h = {0};
    plain_name(h.name, e->path, e->path_length);
    if (e->link)
        plain_name(h.link, e->link, strlen(e->link));
    octal(h.mode, sizeof h.mode, e->mode & 07777);
    octal(h.uid, sizeof h.uid, OWNER);
    octal(h.gid, sizeof h.gid, OWNER);
    octal(h.size, sizeof h.size, size >> SMALL_SIZE_BITS ? 0 : size);
    bool fits = e->mtime.tv_sec >= 0 && (uint64_t)e->mtime.tv_sec >> SMALL_SIZE_BITS == 0;
    octal(h.mtime, sizeof h.mtime, fits ? (uint64_t)e->mtime.tv_sec : 0);
    h.type = type;
    memcpy(h.magic, "ustar", 6);
    memcpy(h.version, "00", 2);
    memcpy(h.uname, "cell", 4);
    memcpy(h.gname, "cell", 4);
    octal(h.devmajor, sizeof h.devmajor, 0);
    octal(h.devminor, sizeof h.devminor, 0);
    memset(h.checksum, ' ', sizeof h.checksum);
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof h; i++)
        sum += ((const unsigned char *)&h)[i];
    octal(h.checksum, 7, sum);
    cb_buffer_add(out, &h, sizeof h);
}

static void add_mtime(struct cb_buffer *records, struct timespec t)
{
    bool fits = t.tv_sec >= 0 && (uint64_t)t.tv_sec >> SMALL_SIZE_BITS == 0;
    if (fits && t.tv_nsec == 0)
        return;
    /* The fraction of a pax time counts away from zero: -0.25 s is {-1, 750000000}. */
    bool negative = t.tv_sec < 0;
    uint64_t whole = negative ? (uint64_t) - (t.tv_sec + (t.tv_nsec != 0)) : (uint64_t)t.tv_sec;
    long fraction = negative && t.tv_nsec ? 1000000000 - t.tv_nsec : t.tv_nsec;
    char text[48];
    int n =
        snprintf(text, sizeof text, "%s%llu.%09ld", negative ? "-" : "", (unsigned long long)whole, fraction);
    cb_pax_record(records, "mtime", text, (size_t)n);
}

static void add_records(struct cb_buffer *records, const struct cb_pax_entry *e)
{
    size_t n_link = e->link ? strlen(e->link) : 0;
    if (!is_utf8(e->path, e->path_length) || !is_utf8(e->link ? e->link : "", n_link))
        cb_pax_record(records, "hdrcharset", "BINARY", 6);
    if (!is_plain(e->path, e->path_length))
        cb_pax_record(records, "path", e->path, e->path_length);
    if (!is_plain(e->link ? e->link : "", n_link))
        cb_pax_record(records, "linkpath", e->link, n_link);
    if (e->size >> SMALL_SIZE_BITS) {
        char text[24];
        int n = snprintf(text, sizeof text, "%llu", (unsigned long long)e->size);
        cb_pax_record(records, "size", text, (size_t)n);
    }
    add_mtime(records, e->mtime);
    if (e->records)
        cb_buffer_add(records, e->records->text, e->records->length);
}

void cb_pax_header(struct cb_buffer *out, const struct cb_pax_entry *e, size_t exact)
{
    static const char zeros[CB_BLOCK];
    cleanup_buffer struct cb_buffer records = {0};
    add_records(&records, e);
    if (exact)
        add_comment(&records, exact - 2 * CB_BLOCK - records.length);
    if (records.length) {
        struct cb_pax_entry x = {.path = "PaxHeaders/cellblock", .path_length = 20, .mode = 0644};
        add_ustar(out, &x, 'x', records.length);
        cb_buffer_add(out, records.text, records.length);
        cb_buffer_add(out, zeros, (CB_BLOCK - records.length % CB_BLOCK) % CB_BLOCK);
    }
    add_ustar(out, e, e->type, e->type == '0' ? e->size : 0);
}
