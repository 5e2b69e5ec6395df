#include "runtime/cli/cli.h"

#include <math.h>
#include <string.h>

/* A plain decimal number, digits and at most one point: strtod alone would take "inf", "0x1p3", " 1" and,
 * with some locales, a comma. Returns the rest of the text, NULL when there is no number. */
static const char *decimal(const char *text, double *out)
{
    size_t digits = strspn(text, "0123456789"), n = digits;
    if (text[n] == '.') {
        size_t fraction = strspn(text + n + 1, "0123456789");
        digits += fraction;
        n += 1 + fraction;
    }
    if (digits == 0 || n > 40)
        return NULL;
    double whole = 0, scale = 1;
    const char *p = text;
    for (; *p >= '0' && *p <= '9'; p++)
        whole = whole * 10 + (*p - '0');
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9'; p++)
            whole += (*p - '0') * (scale /= 10);
    *out = whole;
    return text + n;
}

int cb_parse_size(const char *text, uint64_t *out)
{
    static const char letters[] = "KMGTP";
    double value;
    const char *unit = decimal(text, &value);
    if (!unit)
        return -EINVAL;
    double factor = 1;
    char letter = *unit == 'k' ? 'K' : *unit;
    const char *at = letter ? strchr(letters, letter) : NULL;
    if (at) {
        unit++;
        double base = 1024;
        if (!strcmp(unit, "B"))
            base = 1000;
        else if (*unit && strcmp(unit, "iB") != 0)
            return -EINVAL;
        factor = pow(base, (double)(at - letters + 1));
    } else if (*unit && strcmp(unit, "B") != 0) {
        return -EINVAL;
    }
    value *= factor;
    if (value >= 9007199254740992.0) /* 2^53: beyond it a double skips numbers */
        return -ERANGE;
    *out = (uint64_t)(value + 0.5);
    return 0;
}

int cb_parse_seconds(const char *text, double *out)
{
    double value;
    const char *rest = decimal(text, &value);
    if (!rest || (*rest && strcmp(rest, "s") != 0))
        return -EINVAL;
    if (value <= 0 || value > 1e9)
        return -ERANGE;
    *out = value;
    return 0;
}

int cb_parse_count(const char *text, uint32_t low, uint32_t high, uint32_t *out)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || text[n] != '\0')
        return -EINVAL;
    uint64_t value = 0;
    for (const char *p = text; *p && value <= UINT32_MAX; p++)
        value = value * 10 + (uint64_t)(*p - '0');
    if (value < low || value > high)
        return -ERANGE;
    *out = (uint32_t)value;
    return 0;
}
