/* vantage_words.c - see vantage_words.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "vantage_words.h"

const char *mpt_vantage_name_of(mpt_vantage_engines *p, unsigned point)
{
    static const char *const middle[] = {"middle 1", "middle 2", "middle 3",
                                         "middle 4", "middle 5", "middle 6"};
    static const char *const unknown[] = {"point 1", "point 2", "point 3", "point 4",
                                          "point 5", "point 6", "point 7", "point 8"};
    unsigned order[MPT_VANTAGE_POINTS], place = 0, count;
    bool known;

    count = mpt_vantage_engines_compared(p, order, &known);
    if (!known)
        return unknown[point % G_N_ELEMENTS(unknown)];
    while (place + 1 < count && order[place] != point)
        place++;
    if (place == 0 || place + 1 == count)
        return place == 0 ? "client" : "server";
    return count == 3 ? "middle" : middle[MIN(place, G_N_ELEMENTS(middle)) - 1];
}

/* "interface 3", "interfaces 0, 1 and 2". */
static void append_numbers(const char *one, const char *several, const GArray *ids, GString *out)
{
    g_string_append_printf(out, "%s ", ids->len == 1 ? one : several);
    for (guint i = 0; i < ids->len; i++)
        g_string_append_printf(out, "%s%u",
                               i == 0              ? ""
                               : i + 1 == ids->len ? " and "
                                                   : ", ",
                               g_array_index(ids, uint32_t, i));
}

static void append_interfaces(GString *out, const GArray *ids)
{
    append_numbers("interface", "interfaces", ids, out);
}

void mpt_vantage_place(mpt_vantage_engines *p, unsigned point, GString *out)
{
    static const char *const sides[MPT_SIGHTINGS] = {
        [MPT_SIGHTING_CARRIER] = "where the tunnel or VLAN begins",
        [MPT_SIGHTING_TTL] = "of the router",
        [MPT_SIGHTING_INTERFACE] = "of the capturing host",
        [MPT_SIGHTING_ADDRESSES] = "of the address translation",
    };
    const mpt_places *places = mpt_vantage_engines_places(p);
    unsigned place = point - MPT_VANTAGE_POINTS;
    uint32_t index;
    GArray *all;

    if (!mpt_vantage_is_place(point) || !places)
        return;
    if (mpt_places_known_by(places) != MPT_PLACES_LINK) {
        g_string_append_printf(out, "the %s's side %s", place == 0 ? "client" : "server",
                               sides[mpt_places_how(places)]);
        return;
    }
    all = g_array_new(FALSE, FALSE, sizeof index);
    for (unsigned k = 0; mpt_places_link(places, place, k, &index); k++)
        g_array_append_val(all, index);
    append_numbers("index", "indices", all, out);
    g_array_free(all, TRUE);
}

void mpt_vantage_describe(mpt_vantage_engines *p, unsigned point, GString *out)
{
    const char *name = mpt_vantage_name_of(p, point);
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t id;

    for (unsigned k = 0; mpt_vantage_interface(mpt_vantage_engines_vantage(p), point, k, &id); k++)
        g_array_append_val(ids, id);
    g_string_append_printf(out, "%s%s (", g_str_has_prefix(name, "point") ? "vantage " : "the ", name);
    if (mpt_vantage_is_place(point))
        mpt_vantage_place(p, point, out);
    else if (ids->len)
        append_interfaces(out, ids);
    else
        g_string_append(out, "no interface");
    g_string_append_c(out, ')');
    g_array_free(ids, TRUE);
}

/* Interfaces with segments for which `is` holds; NULL: all. */
static GArray *interfaces_that(const mpt_vantage_engines *p, bool (*is)(const mpt_vantage *v, uint32_t id))
{
    const mpt_vantage *v = mpt_vantage_engines_vantage(p);
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    uint32_t id;

    for (unsigned k = 0; mpt_vantage_seen(v, k, &id); k++)
        if (!is || is(v, id))
            g_array_append_val(ids, id);
    return ids;
}

static bool holds(const GArray *ids, uint32_t id)
{
    for (guint i = 0; ids && i < ids->len; i++)
        if (g_array_index(ids, uint32_t, i) == id)
            return true;
    return false;
}

static GArray *unnamed_interfaces(const mpt_vantage_engines *p)
{
    const mpt_vantage_request *r = mpt_vantage_engines_request(p);
    GArray *ids = interfaces_that(p, NULL);

    for (guint i = ids->len; i-- > 0;) {
        uint32_t id = g_array_index(ids, uint32_t, i);
        if (holds(r->client, id) || holds(r->server, id))
            g_array_remove_index(ids, i);
    }
    return ids;
}

/* Frees the ids. */
static void note_interfaces(GArray *ids, const char *one, const char *several, GString *out)
{
    if (ids->len) {
        g_string_append(out, " Note: ");
        append_interfaces(out, ids);
        g_string_append(out, ids->len == 1 ? one : several);
    }
    g_array_free(ids, TRUE);
}

static void note_doubts(const mpt_vantage_engines *p, GString *out)
{
    const mpt_vantage_request *r = mpt_vantage_engines_request(p);

    note_interfaces(interfaces_that(p, mpt_vantage_is_uncertain), " is assigned by its number alone.",
                    " are assigned by their numbers alone.", out);
    note_interfaces(interfaces_that(p, mpt_vantage_has_moved),
                    " was first counted at another point, until a handshake showed where it belongs.",
                    " were first counted at other points, until a handshake showed where they belong.", out);
    if (!r->client != !r->server)
        note_interfaces(unnamed_interfaces(p),
                        r->client ? " is not in client=, so it counts as the server's."
                                  : " is not in server=, so it counts as the client's.",
                        r->client ? " are not in client=, so they count as the server's."
                                  : " are not in server=, so they count as the client's.",
                        out);
}

void mpt_vantage_note(mpt_vantage_engines *p, unsigned counted, GString *out)
{
    unsigned order[MPT_VANTAGE_POINTS];
    uint64_t dropped = mpt_vantage_dropped(mpt_vantage_engines_vantage(p));
    bool known;
    unsigned count = mpt_vantage_engines_compared(p, order, &known);

    /* Where places are compared, and figures are those of all, the capture is one point. */
    if (count == 1 || (mpt_vantage_is_place(order[0]) && !mpt_vantage_is_place(counted)))
        return;
    g_string_append(out, "Counted at ");
    mpt_vantage_describe(p, counted, out);
    g_string_append(out, ", not at ");
    for (unsigned i = 0, left = count - 1; i < count; i++) {
        if (order[i] == counted)
            continue;
        mpt_vantage_describe(p, order[i], out);
        g_string_append(out, --left == 0 ? "" : left == 1 ? " and " : ", ");
    }
    g_string_append(out, mpt_vantage_is_place(counted) ? "; choose with at=client or at=server."
                         : known                       ? "; choose with at=client, at=server or at=INTERFACE."
                                 : "; nothing shows which is the client's end: set client= or server=.");
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
    g_string_append_printf(out, "%s= names all interfaces, leaving none for the other end", name);
    say_what_there_is(seen, out);
}

static void at_missing(mpt_vantage_engines *p, const GArray *seen, GString *out)
{
    const mpt_vantage_request *r = mpt_vantage_engines_request(p);
    unsigned point;

    if (r->at != MPT_AT_INTERFACE) {
        unsigned order[MPT_VANTAGE_POINTS];

        if (mpt_vantage_engines_compared(p, order, NULL) > 1)
            return;
        g_string_append_printf(out,
                               "at=%s needs captures from both ends; this one has only one vantage point",
                               r->at == MPT_AT_CLIENT ? "client" : "server");
        say_what_there_is(seen, out);
    } else if (!holds(seen, r->at_interface)) {
        g_string_append_printf(out, "at= names interface %u", r->at_interface);
        say_what_there_is(seen, out);
    } else if (!mpt_vantage_point_of(mpt_vantage_engines_vantage(p), r->at_interface, &point)) {
        g_string_append_printf(
            out, "at= names interface %u, which is neither in client= nor in server=", r->at_interface);
    }
}

bool mpt_vantage_missing(mpt_vantage_engines *p, GString *out)
{
    const mpt_vantage_request *r = mpt_vantage_engines_request(p);
    GArray *seen = interfaces_that(p, NULL);

    /* Without any TCP the report itself mentions it. */
    if (seen->len > 0) {
        named_missing(r->client, "client", seen, out);
        if (!out->len)
            named_missing(r->server, "server", seen, out);
        if (!out->len && r->has_at)
            at_missing(p, seen, out);
    }
    g_array_free(seen, TRUE);
    return out->len > 0;
}
