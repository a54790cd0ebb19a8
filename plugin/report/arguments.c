/* arguments.c - see arguments.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "arguments.h"

#include <stdarg.h>
#include <string.h>

#include "plugin/report/format/scan.h"
#include "plugin/report/format/text.h"
#include "registry.h"
#include "tap/engine/graphs/graphs.h"

typedef struct parser {
    mpt_arguments *out;
    const char *rest; /* what is not read yet, after a comma; NULL at the end */
    char *error;
} parser;

/* Reads the value of an option into p->out. False if it is none; p->error may then be the reason. */
typedef bool (*value_reader)(parser *p, char *value);

#define SECONDS_EXPECTED "seconds since the earliest frame, such as 1.5, with at most 9 decimals"

/* The members of a row in arguments_table.h. */
struct arg_row {
    const char *name, *value, *expects;
    value_reader read;
    const char *help;
};
static const struct arg_row ARG_TABLE[MPT_ARGS]; /* behind the readers */

static const char *const FORMAT_NAMES[] = {
    [MPT_FORMAT_TEXT] = "text",     [MPT_FORMAT_CSV] = "csv", [MPT_FORMAT_JSON] = "json",
    [MPT_FORMAT_NDJSON] = "ndjson", [MPT_FORMAT_SVG] = "svg", [MPT_FORMAT_XPL] = "xpl",
    [MPT_FORMAT_HTML] = "html",
};

/* ---- what exists ---- */

static bool has_name(const char *known, const char *name, size_t len)
{
    return strlen(known) == len && memcmp(known, name, len) == 0;
}

/* MPT_ARGS where there is none of this name. */
static unsigned find_arg(const char *name, size_t len)
{
    unsigned arg = 0;
    while (arg < MPT_ARGS && !has_name(ARG_TABLE[arg].name, name, len))
        arg++;
    return arg;
}

/* ---- errors ---- */

static bool fail(parser *p, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Always false, for `return fail(...)`. */
static bool fail(parser *p, const char *format, ...)
{
    g_assert(!p->error);
    va_list args;
    va_start(args, format);
    p->error = g_strdup_vprintf(format, args);
    va_end(args);
    return false;
}

/* The options of `set`, as "stream, token and full"; "no option". To be freed with g_free(). */
static char *arg_names(uint32_t set)
{
    unsigned left = 0;
    for (unsigned arg = 0; arg < MPT_ARGS; arg++)
        left += (set & MPT_BIT(arg)) != 0;
    GString *out = g_string_new(left == 0 ? "no option" : NULL);
    for (unsigned arg = 0; arg < MPT_ARGS; arg++)
        if (set & MPT_BIT(arg))
            mpt_text_join(out, ARG_TABLE[arg].name, --left, " and ");
    return g_string_free(out, FALSE);
}

/* The reports that take all options of `set` (0: all reports). To be freed with g_free(). */
static char *report_names(uint32_t set)
{
    const mpt_report *report;
    unsigned left = 0;
    for (unsigned i = 0; (report = mpt_registry_at(i)) != NULL; i++)
        left += (report->takes & set) == set;
    GString *out = g_string_new(NULL);
    for (unsigned i = 0; (report = mpt_registry_at(i)) != NULL; i++)
        if ((report->takes & set) == set)
            mpt_text_join(out, report->name, --left, " and ");
    return g_string_free(out, FALSE);
}

/* ---- typing errors ---- */

/* How many letters may be wrong for `name` to be meant: none of two, one of four, else two. */
static unsigned tolerance(const char *name)
{
    size_t len = strlen(name);
    return len <= 2 ? 0 : len <= 4 ? 1 : 2;
}

/* The option that was meant, or MPT_ARGS. */
static unsigned meant_arg(const char *word, size_t len)
{
    unsigned best = MPT_ARGS, best_distance = MPT_WORD_MAX;
    for (unsigned arg = 0; arg < MPT_ARGS; arg++) {
        unsigned distance = mpt_scan_distance(word, len, ARG_TABLE[arg].name);
        if (distance <= tolerance(ARG_TABLE[arg].name) && distance < best_distance) {
            best = arg;
            best_distance = distance;
        }
    }
    return best;
}

static bool fail_unknown_report(parser *p, const char *word, size_t len)
{
    const mpt_report *report;
    const char *meant = NULL;
    for (unsigned i = 0; !meant && (report = mpt_registry_at(i)) != NULL; i++)
        if (mpt_scan_distance(word, len, report->name) <= tolerance(report->name))
            meant = report->name;
    char *all = report_names(0);
    char *text = mpt_text_shown(word, len);
    if (meant)
        fail(p, "unknown report \"%s\"; did you mean \"%s\"? The reports are %s", text, meant, all);
    else
        fail(p, "unknown report \"%s\"; the reports are %s", text, all);
    g_free(text);
    g_free(all);
    return false;
}

static bool fail_unknown_arg(parser *p, const char *word, size_t len, unsigned meant)
{
    const mpt_report *row = p->out->report;
    char *text = mpt_text_shown(word, len);
    char *names = arg_names(row->takes);
    if (meant < MPT_ARGS)
        fail(p, "unknown option \"%s\" of mptcp,%s; did you mean \"%s\"?", text, row->name,
             ARG_TABLE[meant].name);
    else
        fail(p, "unknown option \"%s\"; mptcp,%s takes %s", text, row->name, names);
    g_free(names);
    g_free(text);
    return false;
}

/* ---- values ---- */

static bool read_stream(parser *p, char *value)
{
    return mpt_scan_u32(value, &p->out->stream);
}

static bool read_token(parser *p, char *value)
{
    guint64 wide;
    if (value[0] == '0' && (value[1] == 'x' || value[1] == 'X'))
        value += 2;
    if (strlen(value) > 8 || !g_ascii_string_to_unsigned(value, 16, 0, UINT32_MAX, &wide, NULL))
        return false;
    p->out->token = (uint32_t)wide;
    return true;
}

static bool read_address(parser *p, char *value)
{
    return mpt_endpoint_parse_address(value, &p->out->address);
}

static bool read_port(parser *p, char *value)
{
    uint32_t port;
    bool ok = mpt_scan_u32(value, &port) && port <= UINT16_MAX;
    if (ok)
        p->out->port = (uint16_t)port;
    return ok;
}

static bool read_format(parser *p, char *value)
{
    const mpt_report *row = p->out->report;
    GString *names = g_string_new(NULL);
    bool found = false;
    for (unsigned format = 0; format < G_N_ELEMENTS(FORMAT_NAMES); format++) {
        if (!(row->formats & MPT_BIT(format)))
            continue;
        uint32_t later = row->formats >> format >> 1;
        unsigned left = later == 0 ? 0 : (later & (later - 1)) == 0 ? 1 : 2;
        mpt_text_join(names, FORMAT_NAMES[format], left, " or ");
        if (strcmp(value, FORMAT_NAMES[format]) == 0) {
            p->out->format = (mpt_format)format;
            found = true;
        }
    }
    if (!found) {
        char *text = mpt_text_shown(value, strlen(value));
        fail(p, "mptcp,%s has no format \"%s\"; it has %s", row->name, text, names->str);
        g_free(text);
    }
    g_string_free(names, TRUE);
    return found;
}

static bool read_file(parser *p, char *value)
{
    char *to = value;
    for (const char *from = value; *from != '\0'; from++)
        if (from[0] != '\\' || from[1] != ',')
            *to++ = *from;
    *to = '\0';
    if (strcmp(value, "-") != 0)
        p->out->file = g_strdup(value);
    return *value != '\0';
}

static bool read_from(parser *p, char *value)
{
    return mpt_scan_seconds(value, &p->out->from_ns);
}

static bool read_to(parser *p, char *value)
{
    return mpt_scan_seconds(value, &p->out->to_ns);
}

static bool read_direction(parser *p, char *value)
{
    return mpt_scan_index(value, (const char *const[]){"c2s", "s2c", NULL}, &p->out->direction);
}

static bool read_at(parser *p, char *value)
{
    unsigned end = MPT_AT_INTERFACE;
    bool named = mpt_scan_index(value, (const char *const[]){"client", "server", NULL}, &end);
    mpt_vantage_request *request = &p->out->vantage;
    request->has_at = true;
    request->at = (mpt_at)end;
    return named || mpt_scan_u32(value, &request->at_interface);
}

/* The first number, and those that follow as tokens of their own. */
static bool read_interfaces(parser *p, char *value, GArray **interfaces)
{
    uint32_t number;
    if (!mpt_scan_u32(value, &number))
        return false;
    *interfaces = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_array_append_val(*interfaces, number);
    while (p->rest) {
        char *token = g_strndup(p->rest, strcspn(p->rest, ","));
        size_t len = strlen(token);
        bool is_number = mpt_scan_u32(g_strstrip(token), &number);
        g_free(token);
        if (!is_number)
            break;
        g_array_append_val(*interfaces, number);
        p->rest = p->rest[len] == ',' ? p->rest + len + 1 : NULL;
    }
    return true;
}

static bool read_client(parser *p, char *value)
{
    return read_interfaces(p, value, &p->out->vantage.client);
}

static bool read_server(parser *p, char *value)
{
    return read_interfaces(p, value, &p->out->vantage.server);
}

static bool read_clock(parser *p, char *value)
{
    unsigned clock = 0;
    bool named = mpt_scan_index(value, (const char *const[]){"raw", "offset", "drift", NULL}, &clock);
    p->out->clock = (mpt_clock)clock;
    return named;
}

static bool read_type(parser *p, char *value)
{
    mpt_graph_type type;
    GString *names;

    if (*value == '\0' || value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_-")] != '\0')
        return false;
    p->out->type = g_strdup(value);
    if (mpt_graph_find(value, &type))
        return true;
    names = g_string_new(NULL);
    for (unsigned t = 0; t < MPT_GRAPH_TYPES; t++)
        mpt_text_join(names, mpt_graph_name((mpt_graph_type)t), MPT_GRAPH_TYPES - 1 - t, " or ");
    fail(p, "there is no graph \"%s\"; type= is %s", value, names->str);
    g_string_free(names, TRUE);
    return false;
}

static bool read_window(parser *p, char *value)
{
    return mpt_scan_seconds(value, &p->out->window_ns) && p->out->window_ns > 0;
}

#define OPTION_ROW(arg, ...) [MPT_ARG_##arg] = {__VA_ARGS__},
static const struct arg_row ARG_TABLE[MPT_ARGS] = {MPT_OPTIONS(OPTION_ROW)};

/* ---- the grammar ---- */

/* The end of the token at `text`: its first comma that no backslash precedes, or the end of the text. */
static const char *token_end(const char *text)
{
    for (; *text != '\0' && *text != ','; text++)
        if (text[0] == '\\' && text[1] == ',')
            text++;
    return text;
}

static size_t word_length(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
}

static bool read_option(parser *p, unsigned arg, char *value)
{
    const struct arg_row *row = &ARG_TABLE[arg];
    if (!(p->out->report->takes & MPT_BIT(arg))) {
        char *names = report_names(MPT_BIT(arg));
        fail(p, "mptcp,%s takes no option \"%s\"; it belongs to %s", p->out->report->name, row->name, names);
        g_free(names);
        return false;
    }
    if (mpt_arguments_has(p->out, (mpt_arg)arg))
        return fail(p, "option \"%s\" is given twice", row->name);
    if (!row->value && value)
        return fail(p, "option \"%s\" takes no value", row->name);
    if (row->read && value && !row->read(p, g_strstrip(value)) && !p->error) {
        char *text = mpt_text_shown(value, strlen(value));
        fail(p, "option \"%s\" needs %s, not \"%s\"", row->name, row->expects, text);
        g_free(text);
    }
    p->out->presence |= MPT_BIT(arg);
    return !p->error;
}

/* The option that stands behind the filter, or MPT_ARGS: ",name=" or ",name" where a filter can't have
 * a comma, outside of quotes and brackets. Else the whole would be refused as a filter, and nobody
 * would see why. */
static unsigned option_after_filter(const char *filter)
{
    int depth = 0;
    char quote = '\0';
    for (const char *c = filter; *c != '\0'; c++) {
        if (quote != '\0') {
            if (*c == '\\' && c[1] != '\0')
                c++;
            else if (*c == quote)
                quote = '\0';
        } else if (*c == '"' || *c == '\'')
            quote = *c;
        else if (strchr("([{", *c))
            depth++;
        else if (strchr(")]}", *c))
            depth--;
        else if (*c == ',' && depth == 0) {
            const char *word = c + 1 + strspn(c + 1, " ");
            size_t len = word_length(word);
            unsigned arg = find_arg(word, len);
            if (arg < MPT_ARGS && strchr("=,", word[len]))
                return arg;
        }
    }
    return MPT_ARGS;
}

/* What a value of an option does not hold, but a comparison may. */
#define OPERATORS "=&|<>!()[]{}\"' "

/* What to add when a filter that begins with this word alone does not compile; NULL where nothing is like it.
 */
static char *hint_for_word(const char *word, size_t len)
{
    unsigned arg = find_arg(word, len);
    unsigned meant = meant_arg(word, len);
    if (arg < MPT_ARGS)
        return g_strdup_printf("option \"%s\" needs a value: %s=%s", ARG_TABLE[arg].name, ARG_TABLE[arg].name,
                               ARG_TABLE[arg].value);
    return meant < MPT_ARGS ? g_strdup_printf("did you mean the option \"%s\"?", ARG_TABLE[meant].name)
                            : NULL;
}

/* Takes all that is left as the display filter, unless it is an option with a typing error. */
static bool read_filter(parser *p, const char *text)
{
    size_t len = word_length(text);
    const char *after = text + len + strspn(text + len, " ");
    const char *end = token_end(text);
    /* "word=value" is no filter: a filter compares with "==" and joins with operators. */
    const char *value = after + 1 + (*after == '=' ? strspn(after + 1, " ") : 0);
    bool assigns = len > 0 && *after == '=' && value + strcspn(value, OPERATORS) >= end;
    if (assigns)
        return fail_unknown_arg(p, text, len, meant_arg(text, len));
    unsigned late = option_after_filter(text);
    if (late < MPT_ARGS)
        return fail(p, "option \"%s\" is after the display filter, which must come last",
                    ARG_TABLE[late].name);
    p->out->filter = g_strdup(text);
    g_strstrip(p->out->filter);
    /* A word alone may be a protocol, whatever option it is like: only the compiler of filters knows. */
    if (len > 0 && after == end)
        p->out->filter_hint = hint_for_word(text, len);
    p->rest = NULL;
    return true;
}

/* Reads the option at p->rest, or the filter. */
static bool read_next(parser *p)
{
    const char *text = p->rest;
    const char *end = token_end(text);
    size_t len = word_length(text);
    const char *after = text + len + strspn(text + len, " ");
    unsigned arg = find_arg(text, len);
    if (arg == MPT_ARGS || (after == end ? ARG_TABLE[arg].value != NULL : *after != '='))
        return read_filter(p, text);
    char *value = *after == '=' ? g_strndup(after + 1, (size_t)(end - after - 1)) : NULL;
    p->rest = *end == ',' ? end + 1 : NULL;
    bool ok = read_option(p, arg, value);
    g_free(value);
    return ok;
}

/* Checks what no option alone can show. */
static bool check(parser *p)
{
    const mpt_arguments *a = p->out;
    uint32_t missing = a->report->requires & ~a->presence;
    p->error = a->report->refuse ? a->report->refuse(a) : NULL;
    if (p->error)
        return false;
    for (unsigned arg = 0; arg < MPT_ARGS; arg++)
        if (missing & MPT_BIT(arg))
            return fail(p, "mptcp,%s needs the option %s=%s", a->report->name, ARG_TABLE[arg].name,
                        ARG_TABLE[arg].value);
    if (a->from_ns >= a->to_ns)
        return fail(p, "option \"from\" must be less than \"to\" (default 0)");
    if (mpt_arguments_has(a, MPT_ARG_LIVE) && mpt_format_is_json(a->format))
        return fail(p, "option \"live\" prints event by event, which format=%s cannot: use text or csv",
                    FORMAT_NAMES[a->format]);
    if (mpt_vantage_request_overlaps(&a->vantage))
        return fail(p, "an interface may be named only once in \"client\" and \"server\"");
    return true;
}

static bool read_report(parser *p)
{
    p->rest += strspn(p->rest, " ");
    const char *end = p->rest + strcspn(p->rest, ",");
    size_t len = (size_t)(end - p->rest);
    while (len > 0 && p->rest[len - 1] == ' ')
        len--;
    const mpt_report *report;
    for (unsigned i = 0; (report = mpt_registry_at(i)) != NULL; i++)
        if (has_name(report->name, p->rest, len)) {
            *p->out = mpt_arguments_of(report);
            p->rest = *end == ',' ? end + 1 : NULL;
            return true;
        }
    return fail_unknown_report(p, p->rest, len);
}

static bool read_all(parser *p)
{
    if (!read_report(p))
        return false;
    while (p->rest) {
        p->rest += strspn(p->rest, " \t\n\v\f\r");
        if (*p->rest == '\0')
            break; /* "$FILTER" may be empty in a script */
        if (*p->rest == ',')
            return fail(p, "empty option: there are two commas in a row");
        if (!read_next(p))
            return false;
    }
    return check(p);
}

mpt_arguments mpt_arguments_of(const mpt_report *report)
{
    return (mpt_arguments){
        .report = report, .format = report->format, .to_ns = INT64_MAX, .clock = MPT_CLOCK_DRIFT};
}

mpt_arguments_result mpt_arguments_parse(const char *text, mpt_arguments *arguments, char **error)
{
    *arguments = (mpt_arguments){.presence = 0};
    parser p = {.out = arguments};
    bool ours = strncmp(text, "mptcp", 5) == 0 && (text[5] == '\0' || text[5] == ',');
    mpt_arguments_result result = MPT_ARGUMENTS_ERROR;
    if (!ours) {
        fail(&p, "expected \"mptcp,\" and a report, for example " MPT_ASK_LISTING);
    } else if (text[5] == '\0' || text[6] == '\0') {
        result = MPT_ARGUMENTS_NO_REPORT;
    } else {
        p.rest = text + 6;
        result = read_all(&p) ? MPT_ARGUMENTS_OK : MPT_ARGUMENTS_ERROR;
    }
    if (result != MPT_ARGUMENTS_OK)
        mpt_arguments_clear(arguments);
    *error = p.error;
    return result;
}

void mpt_arguments_clear(mpt_arguments *arguments)
{
    if (!arguments)
        return;
    g_free(arguments->file);
    g_free(arguments->type);
    g_free(arguments->filter);
    g_free(arguments->filter_hint);
    if (arguments->vantage.client)
        g_array_free(arguments->vantage.client, TRUE);
    if (arguments->vantage.server)
        g_array_free(arguments->vantage.server, TRUE);
    *arguments = (mpt_arguments){.presence = 0};
}

/* "name=VALUE name=VALUE", the option with those that share its line of help. */
static void append_usage(GString *out, unsigned arg)
{
    do {
        const char *value = ARG_TABLE[arg].value;
        g_string_append_printf(out, "%s%s%s%s", out->len > 0 ? " " : "", ARG_TABLE[arg].name,
                               value ? "=" : "", value ? value : "");
    } while (++arg < MPT_ARGS && !ARG_TABLE[arg].help);
}

void mpt_arguments_help(GString *out)
{
    const mpt_report *report;

    g_string_append(out, "-z mptcp,<report>[,<option>[=<value>]]...[,<display filter>]\n");
    for (unsigned i = 0; (report = mpt_registry_at(i)) != NULL; i++)
        g_string_append_printf(out, "  %-23s %s\n", report->name, report->help);
    g_string_append(out, "options:\n");
    GString *usage = g_string_new(NULL);
    for (unsigned arg = 0; arg < MPT_ARGS; arg++) {
        if (!ARG_TABLE[arg].help)
            continue;
        g_string_truncate(usage, 0);
        append_usage(usage, arg);
        char *takers = report_names(MPT_BIT(arg));
        bool one = !strchr(takers, ' ');
        g_string_append_printf(out, "  %-23s %s%s%s%s\n", usage->str, ARG_TABLE[arg].help, one ? " (" : "",
                               one ? takers : "", one ? ")" : "");
        g_free(takers);
    }
    g_string_free(usage, TRUE);
    g_string_append(out, "A display filter selects the connections that have a matching packet.\n"
                         "-z follow,mptcp,<ascii|hex|raw|yaml>,<stream>[,<range>]: the byte stream\n");
}
