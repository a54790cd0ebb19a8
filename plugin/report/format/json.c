/* json.c - see json.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "json.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "tap/engine/base/units.h"

/* One object or array that is open. */
typedef struct level {
    bool object;
    bool on_one_line;
    bool has_member;
    bool has_key; /* a key waits for its value */
} level;

struct mpt_json {
    mpt_sink *sink;
    GArray *levels; /* level */
    GString *scratch;
    bool has_value; /* the document's own */
    bool in_script;
    bool breaks; /* the next member begins a line */
};

mpt_json *mpt_json_new(mpt_sink *sink)
{
    g_assert(sink);
    mpt_json *json = g_new0(mpt_json, 1);
    json->sink = sink;
    json->levels = g_array_new(FALSE, TRUE, sizeof(level));
    json->scratch = g_string_new(NULL);
    return json;
}

mpt_json *mpt_json_new_in_script(mpt_sink *sink)
{
    mpt_json *json = mpt_json_new(sink);
    json->in_script = true;
    return json;
}

void mpt_json_break_line(mpt_json *json)
{
    json->breaks = true;
}

void mpt_json_finish(mpt_json *json)
{
    g_assert(json->levels->len == 0 && json->has_value);
    if (!json->in_script)
        mpt_sink_putc(json->sink, '\n');
}

void mpt_json_free(mpt_json *json)
{
    if (!json)
        return;
    g_array_free(json->levels, TRUE);
    g_string_free(json->scratch, TRUE);
    g_free(json);
}

static level *top(const mpt_json *json)
{
    return json->levels->len > 0 ? &g_array_index(json->levels, level, json->levels->len - 1) : NULL;
}

/* In a script only where it was asked for. */
static void new_line(mpt_json *json)
{
    if (json->in_script) {
        if (json->breaks)
            mpt_sink_putc(json->sink, '\n');
        json->breaks = false;
        return;
    }
    mpt_sink_putc(json->sink, '\n');
    mpt_sink_pad(json->sink, ' ', 2 * (size_t)json->levels->len);
}

/* Everything between the member before and this one. */
static void separate(mpt_json *json, level *l)
{
    if (l->has_member)
        mpt_sink_putc(json->sink, ',');
    if (!l->on_one_line || json->in_script)
        new_line(json);
    else if (l->has_member || l->object)
        mpt_sink_putc(json->sink, ' ');
    l->has_member = true;
}

/* To be called before each value. */
static void before_value(mpt_json *json)
{
    level *l = top(json);
    if (!l) {
        g_assert(!json->has_value);
        json->has_value = true;
    } else if (l->object) {
        g_assert(l->has_key);
        l->has_key = false;
    } else
        separate(json, l);
}

static void begin(mpt_json *json, bool object, bool on_one_line)
{
    before_value(json);
    const level *outer = top(json);
    level inner = {.object = object, .on_one_line = on_one_line || (outer && outer->on_one_line)};
    g_array_append_val(json->levels, inner);
    mpt_sink_putc(json->sink, object ? '{' : '[');
}

static void end(mpt_json *json, bool object)
{
    const level *l = top(json);
    g_assert(l && l->object == object && !l->has_key);
    level ended = *l;
    g_array_set_size(json->levels, json->levels->len - 1);
    if (json->in_script || (ended.has_member && !ended.on_one_line))
        new_line(json);
    else if (ended.has_member && object)
        mpt_sink_putc(json->sink, ' ');
    mpt_sink_putc(json->sink, object ? '}' : ']');
}

void mpt_json_begin_object(mpt_json *json)
{
    begin(json, true, false);
}

void mpt_json_begin_object_inline(mpt_json *json)
{
    begin(json, true, true);
}

void mpt_json_end_object(mpt_json *json)
{
    end(json, true);
}

void mpt_json_begin_array(mpt_json *json)
{
    begin(json, false, false);
}

void mpt_json_begin_array_inline(mpt_json *json)
{
    begin(json, false, true);
}

void mpt_json_end_array(mpt_json *json)
{
    end(json, false);
}

/* A string with its quotes (RFC 8259 section 7). */
static void quoted(mpt_json *json, const char *text)
{
    static const char *const short_escapes[0x20] = {
        ['\b'] = "\\b", ['\f'] = "\\f", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t",
    };
    char *valid = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
    mpt_sink_putc(json->sink, '"');
    for (const char *c = valid ? valid : text; *c != '\0'; c++) {
        const char *plain = c;
        while (*c != '"' && *c != '\\' && (unsigned char)*c >= 0x20 && *c != 0x7f &&
               !(json->in_script && *c == '<'))
            c++;
        mpt_sink_append(json->sink, plain, (size_t)(c - plain));
        unsigned char byte = (unsigned char)*c;
        if (byte == '\0')
            break;
        if (byte == '"' || byte == '\\')
            mpt_sink_printf(json->sink, "\\%c", byte);
        else if (byte < 0x20 && short_escapes[byte])
            mpt_sink_puts(json->sink, short_escapes[byte]);
        else
            mpt_sink_printf(json->sink, "\\u%04x", byte);
    }
    mpt_sink_putc(json->sink, '"');
    g_free(valid);
}

void mpt_json_key(mpt_json *json, const char *key)
{
    level *l = top(json);
    g_assert(l && l->object && !l->has_key);
    separate(json, l);
    mpt_sink_putc(json->sink, '"'); /* a name of ours: nothing in it is escaped */
    mpt_sink_puts(json->sink, key);
    mpt_sink_puts(json->sink, json->in_script ? "\":" : "\": ");
    l->has_key = true;
}

/* Writes what is in the scratch, the value of now. */
static void write_scratch(mpt_json *json)
{
    mpt_sink_append(json->sink, json->scratch->str, json->scratch->len);
}

void mpt_json_null(mpt_json *json)
{
    before_value(json);
    mpt_sink_puts(json->sink, "null");
}

void mpt_json_bool(mpt_json *json, bool value)
{
    before_value(json);
    mpt_sink_puts(json->sink, value ? "true" : "false");
}

void mpt_json_int(mpt_json *json, int64_t value)
{
    before_value(json);
    g_string_truncate(json->scratch, 0);
    if (value < 0)
        g_string_append_c(json->scratch, '-');
    mpt_units_plain(json->scratch, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    write_scratch(json);
}

void mpt_json_uint(mpt_json *json, uint64_t value)
{
    before_value(json);
    g_string_truncate(json->scratch, 0);
    mpt_units_plain(json->scratch, value);
    write_scratch(json);
}

void mpt_json_uint_string(mpt_json *json, uint64_t value)
{
    before_value(json);
    mpt_sink_printf(json->sink, "\"%" G_GUINT64_FORMAT "\"", value);
}

void mpt_json_seconds(mpt_json *json, int64_t ns)
{
    before_value(json);
    g_string_truncate(json->scratch, 0);
    mpt_units_seconds(json->scratch, ns, 9);
    write_scratch(json);
}

void mpt_json_seconds_string(mpt_json *json, int64_t ns)
{
    before_value(json);
    g_string_assign(json->scratch, "\"");
    mpt_units_seconds(json->scratch, ns, 9);
    g_string_append_c(json->scratch, '"');
    write_scratch(json);
}

void mpt_json_double(mpt_json *json, double value, int decimals)
{
    if (!isfinite(value)) {
        mpt_json_null(json);
        return;
    }
    before_value(json);
    g_string_truncate(json->scratch, 0);
    mpt_units_double(json->scratch, value, decimals);
    write_scratch(json);
}

void mpt_json_string(mpt_json *json, const char *value)
{
    if (!value) {
        mpt_json_null(json);
        return;
    }
    before_value(json);
    quoted(json, value);
}

void mpt_json_stringf(mpt_json *json, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *value = g_strdup_vprintf(format, args);
    va_end(args);
    mpt_json_string(json, value);
    g_free(value);
}

void mpt_json_hex32(mpt_json *json, uint32_t value)
{
    before_value(json);
    mpt_sink_printf(json->sink, "\"%08x\"", value);
}

void mpt_json_hex64(mpt_json *json, uint64_t value)
{
    before_value(json);
    mpt_sink_printf(json->sink, "\"%016" G_GINT64_MODIFIER "x\"", value);
}

/* A key and its value: mpt_json_member_<name>() with the value's own parameters in brackets. */
#define MEMBER(name, begin_or_value, parameters, arguments)                                                  \
    void mpt_json_member_##name parameters                                                                   \
    {                                                                                                        \
        mpt_json_key(json, key);                                                                             \
        mpt_json_##begin_or_value arguments;                                                                 \
    }
#define KEY mpt_json *json, const char *key

MEMBER(object, begin_object, (KEY), (json))
MEMBER(object_inline, begin_object_inline, (KEY), (json))
MEMBER(array, begin_array, (KEY), (json))
MEMBER(array_inline, begin_array_inline, (KEY), (json))
MEMBER(null, null, (KEY), (json))
MEMBER(bool, bool, (KEY, bool value), (json, value))
MEMBER(int, int, (KEY, int64_t value), (json, value))
MEMBER(uint, uint, (KEY, uint64_t value), (json, value))
MEMBER(seconds, seconds, (KEY, int64_t ns), (json, ns))
MEMBER(double, double, (KEY, double value, int decimals), (json, value, decimals))
MEMBER(string, string, (KEY, const char *value), (json, value))
MEMBER(hex32, hex32, (KEY, uint32_t value), (json, value))
