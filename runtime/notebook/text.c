#include "runtime/notebook/internal.h"

size_t cb_utf8_next(const char *s, size_t n, uint32_t *code_point)
{
    const unsigned char *p = (const unsigned char *)s;
    if (p[0] < 0x80) {
        *code_point = p[0];
        return 1;
    }
    size_t length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || length > n)
        return 0;
    uint32_t c = p[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *code_point = c;
    return length;
}

size_t cb_utf8_skip(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    /* A surrogate written as if it were a character (Python's surrogatepass) is one character, not three
     * errors. */
    if (n >= 3 && p[0] == 0xed && p[1] >= 0xa0 && p[1] <= 0xbf && (p[2] & 0xc0) == 0x80)
        return 3;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 1;
    /* Else the longest start of a sequence that could have become valid, as Python's "replace" does. */
    size_t length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    unsigned low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
    unsigned high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
    if (n < 2 || p[1] < low || p[1] > high)
        return 1;
    size_t i = 2;
    while (i < length - 1 && i < n && (p[i] & 0xc0) == 0x80)
        i++;
    return i;
}

size_t cb_utf8_check(const char *s, size_t n)
{
    size_t i = 0;
    while (i < n) {
        uint64_t word;
        if (i + sizeof word <= n) {
            memcpy(&word, s + i, sizeof word);
            if (!(word & 0x8080808080808080u)) {
                i += sizeof word;
                continue;
            }
        }
        uint32_t c;
        size_t length = cb_utf8_next(s + i, n - i, &c);
        if (!length)
            return i;
        i += length;
    }
    return n;
}

void cb_utf8_put(struct cb_buffer *b, uint32_t c)
{
    char out[4];
    size_t n;
    if (c < 0x80) {
        out[0] = (char)c;
        n = 1;
    } else if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        n = 2;
    } else if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        n = 3;
    } else {
        out[0] = (char)(0xf0 | c >> 18);
        n = 4;
    }
    for (size_t i = 1; i < n; i++)
        out[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3f));
    cb_buffer_add(b, out, n);
}

void cb_utf8_add_replaced(struct cb_buffer *b, const char *s, size_t n)
{
    while (n > 0) {
        size_t good = cb_utf8_check(s, n);
        cb_buffer_add(b, s, good);
        s += good;
        n -= good;
        if (!n)
            break;
        cb_utf8_put(b, 0xfffd);
        size_t bad = cb_utf8_skip(s, n);
        s += bad;
        n -= bad;
    }
}

size_t cb_text_line(const char *s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s;
    for (size_t i = 0; i < n; i++) {
        unsigned c = p[i];
        if (c >= 0x20 && c < 0x80)
            continue;
        if (c == '\r')
            return i + (i + 1 < n && p[i + 1] == '\n' ? 2 : 1);
        if ((c >= '\n' && c <= '\f') || (c >= 0x1c && c <= 0x1e))
            return i + 1;
        if (c == 0xc2 && i + 1 < n && p[i + 1] == 0x85)
            return i + 2;
        if (c == 0xe2 && i + 2 < n && p[i + 1] == 0x80 && (p[i + 2] == 0xa8 || p[i + 2] == 0xa9))
            return i + 3;
    }
    return n;
}

static bool is_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
           c == 0x3000;
}

void cb_text_strip(const char **s, size_t *n)
{
    uint32_t c;
    for (size_t k; *n > 0 && (k = cb_utf8_next(*s, *n, &c)) && is_space(c);) {
        *s += k;
        *n -= k;
    }
    while (*n > 0) {
        size_t k = 1;
        while (k < *n && k < 4 && ((unsigned char)(*s)[*n - k] & 0xc0) == 0x80)
            k++;
        if (cb_utf8_next(*s + *n - k, k, &c) != k || !is_space(c))
            break;
        *n -= k;
    }
}
