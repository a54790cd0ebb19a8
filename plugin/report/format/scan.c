/* scan.c - see scan.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "scan.h"

#include <string.h>

bool mpt_scan_u32(const char *text, uint32_t *value)
{
    guint64 wide;
    if (!g_ascii_string_to_unsigned(text, 10, 0, UINT32_MAX, &wide, NULL))
        return false;
    *value = (uint32_t)wide;
    return true;
}

bool mpt_scan_seconds(const char *text, int64_t *ns)
{
    size_t whole = strspn(text, "0123456789");
    size_t decimals = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
    size_t end = whole + (text[whole] == '.' ? 1 + decimals : 0);
    if (whole + decimals == 0 || decimals > 9 || text[end] != '\0')
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < end + 9 - decimals; i++) {
        if (i < end && text[i] == '.')
            continue;
        if (value > (INT64_MAX - 9) / 10)
            return false;
        value = 10 * value + (i < end ? (uint64_t)(text[i] - '0') : 0);
    }
    *ns = (int64_t)value;
    return true;
}

bool mpt_scan_index(const char *text, const char *const *names, unsigned *index)
{
    for (unsigned i = 0; names[i]; i++) {
        if (strcmp(text, names[i]) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

unsigned mpt_scan_distance(const char *a, size_t a_len, const char *b)
{
    size_t b_len = strlen(b);
    if (a_len >= MPT_WORD_MAX || b_len >= MPT_WORD_MAX)
        return MPT_WORD_MAX;
    unsigned d[MPT_WORD_MAX][MPT_WORD_MAX];
    for (size_t i = 0; i <= a_len; i++) {
        for (size_t j = 0; j <= b_len; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = (unsigned)(i + j);
                continue;
            }
            char x = g_ascii_tolower(a[i - 1]), y = g_ascii_tolower(b[j - 1]);
            unsigned best = d[i - 1][j - 1] + (x != y);
            best = MIN(best, MIN(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) && y == g_ascii_tolower(a[i - 2]))
                best = MIN(best, d[i - 2][j - 2] + 1);
            d[i][j] = best;
        }
    }
    return d[a_len][b_len];
}
