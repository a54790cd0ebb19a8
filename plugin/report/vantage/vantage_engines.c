/* vantage_engines.c - see vantage_engines.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "vantage_engines.h"

#include <string.h>

#include "tap/engine/figures/path_position.h"
#include "tap/engine/vantage/vantage.h"

enum { CLIENT_POINT, SERVER_POINT };

struct mpt_vantage_engines {
    const mpt_arguments *arguments;
    mpt_engine_config config;
    mpt_vantage_engines_opened opened;
    void *user;
    mpt_vantage *vantage;
    mpt_engine *engines[MPT_VANTAGE_POINTS];
    unsigned count;
    const char *(*interface_name)(uint32_t interface_id);
    /* The order, as of the last flush; a cache. */
    bool ordered, order_known;
    unsigned order[MPT_VANTAGE_POINTS];
};

static mpt_engine *engine_of(mpt_vantage_engines *p, unsigned point)
{
    while (p->count <= point) {
        mpt_engine *e = mpt_engine_new(&p->config);
        if (p->count > 0 && mpt_engine_get_counts(p->engines[0])->has_earliest)
            mpt_engine_note_time(e, mpt_engine_get_counts(p->engines[0])->earliest_ns);
        p->engines[p->count] = e;
        p->opened(e, p->count++, p->user);
    }
    return p->engines[point];
}

static void deliver(const mpt_segment *segment, unsigned point, void *user)
{
    mpt_vantage_engines *p = user;

    mpt_engine_feed(engine_of(p, point), segment);
}

static bool is_named(const mpt_arguments *a)
{
    return a->client || a->server;
}

static void name_all(mpt_vantage_engines *p, const GArray *ids, unsigned point)
{
    for (guint i = 0; ids && i < ids->len; i++)
        mpt_vantage_name(p->vantage, g_array_index(ids, uint32_t, i), point);
}

mpt_vantage_engines *mpt_vantage_engines_new(const mpt_arguments *arguments, const mpt_engine_config *config,
                                             mpt_vantage_engines_opened opened, void *user)
{
    mpt_vantage_engines *p = g_new0(mpt_vantage_engines, 1);

    p->arguments = arguments;
    p->config = *config;
    p->opened = opened;
    p->user = user;
    p->vantage = mpt_vantage_new(config->horizon_ns, deliver, p);
    name_all(p, arguments->client, CLIENT_POINT);
    name_all(p, arguments->server, SERVER_POINT);
    if (is_named(arguments) && !(arguments->client && arguments->server))
        mpt_vantage_rest(p->vantage, arguments->client ? SERVER_POINT : CLIENT_POINT);
    engine_of(p, is_named(arguments) ? SERVER_POINT : 0);
    return p;
}

void mpt_vantage_engines_free(mpt_vantage_engines *p)
{
    if (!p)
        return;
    mpt_vantage_free(p->vantage);
    for (unsigned i = 0; i < p->count; i++)
        mpt_engine_free(p->engines[i]);
    g_free(p);
}

static bool same_ids(const GArray *a, const GArray *b)
{
    if (!a || !b)
        return a == b;
    return a->len == b->len && !memcmp(a->data, b->data, a->len * sizeof(uint32_t));
}

bool mpt_vantage_engines_same(const mpt_arguments *a, const mpt_arguments *b)
{
    bool at = mpt_arguments_has(a, MPT_ARG_AT);

    return same_ids(a->client, b->client) && same_ids(a->server, b->server) &&
           at == mpt_arguments_has(b, MPT_ARG_AT) &&
           (!at || (a->at == b->at && (a->at != MPT_AT_INTERFACE || a->at_interface == b->at_interface)));
}

void mpt_vantage_engines_feed(mpt_vantage_engines *p, const mpt_segment *segment)
{
    p->ordered = false;
    mpt_vantage_feed(p->vantage, segment);
}

void mpt_vantage_engines_note_time(mpt_vantage_engines *p, int64_t time_ns)
{
    for (unsigned i = 0; i < p->count; i++)
        mpt_engine_note_time(p->engines[i], time_ns);
}

void mpt_vantage_engines_note_lost(mpt_vantage_engines *p)
{
    /* Nothing is known of the segment, so it may be missing anywhere. */
    for (unsigned i = 0; i < p->count; i++)
        mpt_engine_note_lost(p->engines[i]);
}

void mpt_vantage_engines_flush(mpt_vantage_engines *p)
{
    mpt_vantage_flush(p->vantage);
    for (unsigned i = 0; i < p->count; i++)
        mpt_engine_flush(p->engines[i]);
    p->ordered = false;
}

unsigned mpt_vantage_engines_count(const mpt_vantage_engines *p)
{
    return p->count;
}

mpt_engine *mpt_vantage_engines_at(mpt_vantage_engines *p, unsigned point)
{
    return p->engines[point];
}

/* --- which is where --- */

static void sort_by_place(mpt_vantage_engines *p)
{
    double place[MPT_VANTAGE_POINTS];

    p->ordered = true;
    p->order_known = true;
    for (unsigned i = 0; i < p->count; i++) {
        p->order[i] = i;
        if (p->count > 1 && !is_named(p->arguments) && !mpt_path_position_of_engine(p->engines[i], &place[i]))
            p->order_known = false;
    }
    if (!p->order_known || is_named(p->arguments))
        return;
    for (unsigned i = 1; i < p->count; i++) {
        unsigned moved = p->order[i], k = i;
        for (; k > 0 && place[p->order[k - 1]] > place[moved]; k--)
            p->order[k] = p->order[k - 1];
        p->order[k] = moved;
    }
}

bool mpt_vantage_engines_order(mpt_vantage_engines *p, unsigned *order)
{
    if (!p->ordered)
        sort_by_place(p);
    memcpy(order, p->order, p->count * sizeof *order);
    return p->order_known;
}

unsigned mpt_vantage_engines_chosen(mpt_vantage_engines *p)
{
    const mpt_arguments *a = p->arguments;
    unsigned order[MPT_VANTAGE_POINTS], point;

    mpt_vantage_engines_order(p, order);
    if (!mpt_arguments_has(a, MPT_ARG_AT) || a->at == MPT_AT_CLIENT)
        return order[0];
    if (a->at == MPT_AT_SERVER)
        return order[p->count - 1];
    return mpt_vantage_point_of(p->vantage, a->at_interface, &point) ? point : order[0];
}

bool mpt_vantage_engines_interface(const mpt_vantage_engines *p, unsigned point, unsigned k,
                                   uint32_t *interface_id, const char **name)
{
    bool found = mpt_vantage_interface(p->vantage, point, k, interface_id);

    *name = found && p->interface_name ? p->interface_name(*interface_id) : NULL;
    return found;
}

void mpt_vantage_engines_set_names(mpt_vantage_engines *p, const char *(*name)(uint32_t interface_id))
{
    p->interface_name = name;
}

const char *mpt_vantage_engines_name(mpt_vantage_engines *p, unsigned point)
{
    static const char *const middle[] = {"middle 1", "middle 2", "middle 3",
                                         "middle 4", "middle 5", "middle 6"};
    static const char *const unknown[] = {"point 1", "point 2", "point 3", "point 4",
                                          "point 5", "point 6", "point 7", "point 8"};
    unsigned order[MPT_VANTAGE_POINTS], place = 0;

    if (!mpt_vantage_engines_order(p, order))
        return unknown[MIN(point, G_N_ELEMENTS(unknown) - 1)];
    while (place + 1 < p->count && order[place] != point)
        place++;
    if (place == 0 || place + 1 == p->count)
        return place == 0 ? "client" : "server";
    return p->count == 3 ? "middle" : middle[MIN(place, G_N_ELEMENTS(middle)) - 1];
}

/* "interface 3", "interfaces 0, 1 and 2". */
static void append_interfaces(GString *out, const GArray *ids)
{
    g_string_append(out, ids->len == 1 ? "interface " : "interfaces ");
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(out, "%s%u",
                               i == 0              ? ""
                               : i + 1 == ids->len ? " and "
                                                   : ", ",
                               g_array_index(ids, uint32_t, i));
}

void mpt_vantage_engines_describe(mpt_vantage_engines *p, unsigned point, GString *out)
{
    const char *name = mpt_vantage_engines_name(p, point);
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t id;

    for (unsigned k = 0; mpt_vantage_interface(p->vantage, point, k, &id); k++)
        g_array_append_val(ids, id);
    g_string_append_printf(out, "%s%s (", g_str_has_prefix(name, "point") ? "vantage " : "the ", name);
    if (ids->len)
        append_interfaces(out, ids);
    else
        g_string_append(out, "no interface");
    g_string_append_c(out, ')');
    g_array_free(ids, TRUE);
}

/* Interfaces with segments for which `is` holds. */
static GArray *interfaces_that(const mpt_vantage_engines *p,
                               bool (*is)(const mpt_vantage_engines *p, uint32_t id))
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t id;

    for (unsigned k = 0; mpt_vantage_seen(p->vantage, k, &id); k++)
        if (is(p, id))
            g_array_append_val(ids, id);
    return ids;
}

static bool is_any(const mpt_vantage_engines *p, uint32_t id)
{
    (void)p;
    (void)id;
    return true;
}

static bool is_uncertain(const mpt_vantage_engines *p, uint32_t id)
{
    return mpt_vantage_is_uncertain(p->vantage, id);
}

static bool has_moved(const mpt_vantage_engines *p, uint32_t id)
{
    return mpt_vantage_has_moved(p->vantage, id);
}

static bool holds(const GArray *ids, uint32_t id)
{
    for (guint i = 0; ids && i < ids->len; i++)
        if (g_array_index(ids, uint32_t, i) == id)
            return true;
    return false;
}

static bool is_unnamed(const mpt_vantage_engines *p, uint32_t id)
{
    return is_named(p->arguments) && !holds(p->arguments->client, id) && !holds(p->arguments->server, id);
}

static void note_interfaces(const mpt_vantage_engines *p,
                            bool (*is)(const mpt_vantage_engines *p, uint32_t id), const char *one,
                            const char *several, GString *out)
{
    GArray *ids = interfaces_that(p, is);

    if (ids->len) {
        g_string_append(out, " Note: ");
        append_interfaces(out, ids);
        g_string_append(out, ids->len == 1 ? one : several);
    }
    g_array_free(ids, TRUE);
}

static void note_doubts(const mpt_vantage_engines *p, GString *out)
{
    const mpt_arguments *a = p->arguments;

    note_interfaces(p, is_uncertain, " is put there by its number alone.",
                    " are put there by their numbers alone.", out);
    note_interfaces(p, has_moved,
                    " was counted at another point at first, before a handshake told where it is.",
                    " were counted at other points at first, before a handshake told where they are.", out);
    if (!a->client != !a->server)
        note_interfaces(p, is_unnamed,
                        a->client ? " is not in client= and taken for the server's."
                                  : " is not in server= and taken for the client's.",
                        a->client ? " are not in client= and taken for the server's."
                                  : " are not in server= and taken for the client's.",
                        out);
}

void mpt_vantage_engines_note(mpt_vantage_engines *p, GString *out)
{
    unsigned order[MPT_VANTAGE_POINTS], chosen = mpt_vantage_engines_chosen(p);
    uint64_t dropped = mpt_vantage_dropped(p->vantage);
    bool known = mpt_vantage_engines_order(p, order);

    if (p->count == 1)
        return;
    g_string_append(out, "Counted at ");
    mpt_vantage_engines_describe(p, chosen, out);
    g_string_append(out, ", not at ");
    for (unsigned i = 0, left = p->count - 1; i < p->count; i++) {
        if (order[i] == chosen)
            continue;
        mpt_vantage_engines_describe(p, order[i], out);
        g_string_append(out, --left == 0 ? "" : left == 1 ? " and " : ", ");
    }
    g_string_append(out, known ? "; at=client, at=server or at=INTERFACE chooses."
                               : "; nothing shows which is the client's end, client= or server= tells it.");
    if (dropped)
        g_string_append_printf(out, " %" G_GUINT64_FORMAT " segments of other interfaces are left out.",
                               dropped);
    note_doubts(p, out);
}

/* --- what can't be met --- */

static void say_what_there_is(const GArray *seen, GString *out)
{
    g_string_append(out, ": this capture has TCP on ");
    append_interfaces(out, seen);
    if (seen->len == 1)
        g_string_append(out, " only");
}

/* An end of which an interface is not there, or all are. */
static void named_missing(const GArray *ids, const char *name, const GArray *seen, GString *out)
{
    unsigned found = 0;

    for (guint i = 0; ids && !out->len && i < ids->len; i++) {
        uint32_t id = g_array_index(ids, uint32_t, i);
        found += holds(seen, id);
        if (holds(seen, id))
            continue;
        g_string_append_printf(out, "%s= names interface %u", name, id);
        say_what_there_is(seen, out);
    }
    if (out->len || found < seen->len)
        return;
    g_string_append_printf(out, "%s= names all interfaces and leaves none for the other end", name);
    say_what_there_is(seen, out);
}

static void at_missing(const mpt_vantage_engines *p, const GArray *seen, GString *out)
{
    const mpt_arguments *a = p->arguments;
    unsigned point;

    if (a->at != MPT_AT_INTERFACE) {
        if (p->count > 1)
            return;
        g_string_append_printf(out, "at=%s needs captures of both ends, and here is one vantage point only",
                               a->at == MPT_AT_CLIENT ? "client" : "server");
        say_what_there_is(seen, out);
    } else if (!holds(seen, a->at_interface)) {
        g_string_append_printf(out, "at= names interface %u", a->at_interface);
        say_what_there_is(seen, out);
    } else if (!mpt_vantage_point_of(p->vantage, a->at_interface, &point)) {
        g_string_append_printf(
            out, "at= names interface %u, which is neither in client= nor in server=", a->at_interface);
    }
}

bool mpt_vantage_engines_missing(mpt_vantage_engines *p, GString *out)
{
    const mpt_arguments *a = p->arguments;
    GArray *seen = interfaces_that(p, is_any);

    /* Without any TCP the report says that there is none. */
    if (seen->len > 0) {
        named_missing(a->client, "client", seen, out);
        if (!out->len)
            named_missing(a->server, "server", seen, out);
        if (!out->len && mpt_arguments_has(a, MPT_ARG_AT))
            at_missing(p, seen, out);
    }
    g_array_free(seen, TRUE);
    return out->len > 0;
}
