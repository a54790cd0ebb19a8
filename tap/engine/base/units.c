/* units.c - see units.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "units.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Room for any finite double with 17 decimals. */
#define DOUBLE_TEXT 352

static const char *const PREFIXES[] = {"", "k", "M", "G", "T", "P", "E"};

/* A number's digits are written from their end; printf takes ten times as long, and a report is
 * made of numbers. */
enum { DIGITS = 20 };

static void append_text(GString *out, const char *text, size_t len)
{
    if (G_UNLIKELY(out->len + len >= out->allocated_len)) {
        g_string_append_len(out, text, (gssize)len);
        return;
    }
    memcpy(out->str + out->len, text, len);
    out->len += len;
    out->str[out->len] = '\0';
}

/* digits / 10^decimals */
static void append_fixed(GString *out, uint64_t digits, unsigned decimals)
{
    char text[DIGITS + 2], *end = text + sizeof text, *c = end;

    for (unsigned i = 0; i < decimals; i++, digits /= 10)
        *--c = (char)('0' + digits % 10);
    if (decimals > 0)
        *--c = '.';
    do {
        *--c = (char)('0' + digits % 10);
        digits /= 10;
    } while (digits > 0);
    append_text(out, c, (size_t)(end - c));
}

void mpt_units_plain(GString *out, uint64_t value)
{
    append_fixed(out, value, 0);
}

/* Appends value / unit with three significant digits. False, and nothing appended, where that rounds to 1000
 * units. `unit` is a power of 1000 above 1, and unit <= value < 1000 * unit. */
static bool append_three_digits(GString *out, uint64_t value, uint64_t unit)
{
    unsigned decimals = value / unit < 10 ? 2 : value / unit < 100 ? 1 : 0;
    uint64_t step = decimals == 2 ? unit / 100 : decimals == 1 ? unit / 10 : unit;
    uint64_t digits = value / step + (value % step >= step / 2 ? 1 : 0);
    if (digits == 1000) {
        if (decimals == 0)
            return false;
        decimals--;
        digits = 100;
    }
    append_fixed(out, digits, decimals);
    return true;
}

void mpt_units_bytes(GString *out, uint64_t bytes)
{
    if (bytes < 1000) {
        append_fixed(out, bytes, 0);
        g_string_append(out, bytes == 1 ? " byte" : " bytes");
        return;
    }
    uint64_t unit = 1000;
    unsigned prefix = 1;
    while (bytes / unit >= 1000) {
        unit *= 1000;
        prefix++;
    }
    if (!append_three_digits(out, bytes, unit)) {
        prefix++;
        g_string_append(out, "1.00");
    }
    g_string_append_c(out, ' ');
    g_string_append(out, PREFIXES[prefix]);
    g_string_append_c(out, 'B');
}

static void append_format(GString *out, const char *format, double value)
{
    char text[DOUBLE_TEXT];
    g_string_append(out, g_ascii_formatd(text, sizeof text, format, value));
}

void mpt_units_rate(GString *out, double bps)
{
    if (!isfinite(bps) || bps < 0) {
        g_string_append_c(out, '-');
        return;
    }
    unsigned prefix = 0;
    double value = bps;
    while (value >= 999.95 && prefix + 1 < G_N_ELEMENTS(PREFIXES)) {
        value /= 1000;
        prefix++;
    }
    if (prefix == 0 || value >= 999.95) {
        append_format(out, "%.4g", value);
    } else {
        /* The limits are those at which the rounded value has one digit more before the point. */
        unsigned decimals = value < 9.9995 ? 3 : value < 99.995 ? 2 : 1;
        double scale = decimals == 3 ? 1000 : decimals == 2 ? 100 : 10;
        append_fixed(out, (uint64_t)floor(value * scale + 0.5), decimals);
    }
    g_string_append_c(out, ' ');
    g_string_append(out, PREFIXES[prefix]);
    g_string_append(out, "bit/s");
}

/* Durations from one minute on. */
static void append_long(GString *out, uint64_t ns)
{
    uint64_t s = (ns + 500000000u) / 1000000000u;
    uint64_t min = (s + 30) / 60;
    uint64_t h = (min + 30) / 60;
    if (s < 3600)
        g_string_append_printf(out, "%u min %02u s", (unsigned)(s / 60), (unsigned)(s % 60));
    else if (min < 1440)
        g_string_append_printf(out, "%u h %02u min", (unsigned)(min / 60), (unsigned)(min % 60));
    else
        g_string_append_printf(out, "%" G_GUINT64_FORMAT " d %02u h", h / 24, (unsigned)(h % 24));
}

void mpt_units_duration(GString *out, int64_t ns)
{
    uint64_t left = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    if (ns < 0)
        g_string_append_c(out, '-');
    if (left == 0)
        g_string_append(out, "0 s");
    else if (left < 1000)
        g_string_append_printf(out, "%u ns", (unsigned)left);
    else if (left < 1000000)
        g_string_append(out, append_three_digits(out, left, 1000) ? " us" : "1.00 ms");
    else if (left < 1000000000 && append_three_digits(out, left, 1000000))
        g_string_append(out, " ms");
    else if (left < UINT64_C(59999500000)) {
        mpt_units_seconds(out, (int64_t)left, 3);
        g_string_append(out, " s");
    } else
        append_long(out, left);
}

void mpt_units_time(GString *out, int64_t ns)
{
    uint64_t us = ((uint64_t)MAX(ns, 0) + 500) / 1000;

    append_fixed(out,
                 us < 10000     ? us / 10
                 : us < 1000000 ? us / 100
                                : us / 1000,
                 us < 10000     ? 2
                 : us < 1000000 ? 1
                                : 3);
    g_string_append(out, us < 1000000 ? " ms" : " s");
}

void mpt_units_percent(GString *out, double percent)
{
    if (!isfinite(percent)) {
        g_string_append_c(out, '-');
        return;
    }
    if (percent > 0 && percent < 0.05)
        g_string_append(out, "<0.1");
    else if (percent >= 99.95 && percent < 100)
        g_string_append(out, ">99.9");
    else if (percent >= 0 && percent <= 100)
        append_fixed(out, (uint64_t)floor(percent * 10 + 0.5), 1);
    else
        mpt_units_double(out, percent, 1);
    g_string_append(out, " %");
}

void mpt_units_grouped(GString *out, uint64_t value)
{
    char text[DIGITS + DIGITS / 3], *end = text + sizeof text, *c = end;

    for (unsigned i = 0; i == 0 || value > 0; i++, value /= 10) {
        if (i > 0 && i % 3 == 0)
            *--c = ',';
        *--c = (char)('0' + value % 10);
    }
    append_text(out, c, (size_t)(end - c));
}

void mpt_units_things(GString *out, uint64_t n, const char *thing)
{
    mpt_units_grouped(out, n);
    g_string_append_printf(out, " %s%s", thing, n == 1 ? "" : "s");
}

void mpt_units_grouped_signed(GString *out, int64_t value)
{
    if (value < 0)
        g_string_append_c(out, '-');
    mpt_units_grouped(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void mpt_units_seconds(GString *out, int64_t ns, int decimals)
{
    g_assert(decimals >= 0 && decimals <= 9);
    uint64_t left = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    uint64_t step = 1;
    for (int i = decimals; i < 9; i++)
        step *= 10;
    uint64_t digits = left / step + (step > 1 && left % step >= step / 2 ? 1 : 0);
    if (ns < 0 && digits > 0)
        g_string_append_c(out, '-');
    append_fixed(out, digits, (unsigned)decimals);
}

void mpt_units_double(GString *out, double value, int decimals)
{
    g_assert(decimals >= 0 && decimals <= 17);
    if (!isfinite(value)) {
        g_string_append_c(out, '-');
        return;
    }
    char format[8];
    char text[DOUBLE_TEXT];
    g_snprintf(format, sizeof format, "%%.%df", decimals);
    g_ascii_formatd(text, sizeof text, format, value);
    bool minus_zero = text[0] == '-' && text[1 + strspn(text + 1, "0.")] == '\0';
    g_string_append(out, text + (minus_zero ? 1 : 0));
}

bool mpt_units_printable(GString *out, const char *text)
{
    size_t plain = 0;
    while (text[plain] >= ' ' && text[plain] < 0x7f)
        plain++;
    append_text(out, text, plain);
    text += plain;
    if (*text == '\0')
        return true;
    char *valid = g_utf8_make_valid(text, -1);
    for (const char *c = valid; *c != '\0'; c = g_utf8_next_char(c)) {
        gunichar wide = g_utf8_get_char(c);
        g_string_append_unichar(out, g_unichar_isprint(wide) ? wide : 0xFFFD);
    }
    g_free(valid);
    return false;
}
