/* paths_json.c - see paths_json.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "paths_json.h"

#include <math.h>

#include "paths_csv.h"
#include "plugin/report/common/figures.h"
#include "plugin/report/common/labels.h"
#include "plugin/report/common/vantage_words.h"
#include "tap/engine/base/whole.h"
#include "tap/engine/vantage/vantage.h"

static uint64_t options_changed(const mpt_path_flow *f)
{
    uint64_t segments = 0;

    for (guint i = 0; f->changes && i < f->changes->len; i++)
        segments += g_array_index(f->changes, mpt_option_change, i).segments;
    return segments;
}

/* What this row's sender sent and arrived otherwise. */
static void write_changes(mpt_json *json, const mpt_path_row *row)
{
    const mpt_path_flow *f = row->flow;
    mpt_end from = row->from_end, to = mpt_end_other(from);
    uint16_t sent = f->mss[from][row->side], arrived = f->mss[to][row->side];

    mpt_json_member_array(json, "changed_options");
    for (guint i = 0; f->changes && i < f->changes->len; i++) {
        const mpt_option_change *c = &g_array_index(f->changes, mpt_option_change, i);
        if (c->side != row->side)
            continue;
        mpt_json_begin_object_inline(json);
        mpt_json_member_string(json, "option", mpt_subtype_name(c->subtype));
        mpt_json_member_string(json, "change",
                               c->part != MPT_OPTION_CHANGE_PRESENCE ? mpt_option_change_part_name(c->part)
                               : c->ends >> from & 1u                ? "removed"
                                                                     : "added");
        mpt_json_member_uint(json, "segments", c->segments);
        mpt_json_member_uint(json, "frame_sent", c->frame[from]);
        mpt_json_member_uint(json, "frame_arrived", c->frame[to]);
        mpt_json_end_object(json);
    }
    mpt_json_end_array(json);
    mpt_json_member_object_inline(json, "mss");
    mpt_figures_json_number(json, "sent", (mpt_maybe_int){sent > 0, sent});
    mpt_figures_json_number(json, "arrived", (mpt_maybe_int){arrived > 0, arrived});
    mpt_json_end_object(json);
}

static void write_match(mpt_json *json, const mpt_path_flow *f)
{
    mpt_json_member_object_inline(json, "match");
    mpt_json_member_uint(json, "score", f->score);
    mpt_json_member_array_inline(json, "reasons");
    for (unsigned k = 0; k < MPT_PATH_REASONS; k++)
        if (f->reasons >> k & 1u)
            mpt_json_string(json, mpt_path_reason(k));
    mpt_json_end_array(json);
    mpt_json_member_bool(json, "addresses_changed", f->addresses_changed);
    mpt_json_member_uint(json, "options_changed", options_changed(f));
    mpt_json_end_object(json);
}

static void write_row(mpt_json *json, const mpt_report_context *x, const mpt_path_row *row)
{
    bool numbered = row->connection != UINT32_MAX;

    mpt_json_begin_object(json);
    mpt_figures_json_number(json, "connection", (mpt_maybe_int){numbered, row->connection});
    mpt_figures_json_number(json, "subflow", (mpt_maybe_int){numbered, row->subflow});
    mpt_json_member_string(json, "direction", mpt_direction_name(row->direction));
    mpt_json_member_string(json, "from", mpt_path_from(x, row));
    mpt_json_member_string(json, "to", mpt_path_to(x, row));
    mpt_figures_json(json, &MPT_PATH_FIGURES, row);
    write_changes(json, row);
    if (mpt_arguments_has(x->arguments, MPT_ARG_FULL))
        write_match(json, row->flow);
    mpt_json_end_object(json);
}

void mpt_paths_json(mpt_json *json, const GPtrArray *reports)
{
    for (guint i = 0; i < reports->len; i++) {
        const mpt_report_context *x = g_ptr_array_index(reports, i);
        mpt_path_model *m = mpt_path_model_new(x);
        for (guint k = 0; k < m->rows->len; k++)
            write_row(json, x, g_ptr_array_index(m->rows, k));
        mpt_path_model_free(m);
    }
}

static void write_clock(mpt_json *json, const mpt_report_context *x, const mpt_path_pair *pair)
{
    static const char *const applied[] = {
        [MPT_CLOCK_RAW] = "raw",
        [MPT_CLOCK_OFFSET] = "offset",
        [MPT_CLOCK_DRIFT] = "drift",
    };
    const mpt_clock_estimate *c = &pair->clock;

    mpt_figures_json_seconds(json, "offset", (mpt_maybe_ns){c->offset_known, mpt_whole(c->offset_ns)});
    mpt_json_member_double(json, "drift", c->drift_known ? c->drift : NAN, 12);
    mpt_json_member_double(json, "drift_error", c->drift_known ? c->drift_error : NAN, 12);
    mpt_json_member_uint(json, "samples", c->samples);
    mpt_json_member_uint(json, "subflows", c->subflows);
    mpt_json_member_string(json, "applied", applied[x->arguments->clock]);
    mpt_json_member_string(json, "of", mpt_vantage_name_of(x->points, pair->to));
    mpt_json_member_string(json, "against", mpt_vantage_name_of(x->points, pair->from));
    mpt_json_member_uint(json, "ambiguous_segments", mpt_paths_ambiguous(pair->paths));
    mpt_json_member_uint(json, "ambiguous_subflows", mpt_paths_ambiguous_flows(pair->paths));
}

static void write_single(mpt_json *json, const mpt_report_context *x, const mpt_path_single *s)
{
    char text[MPT_ENDPOINT_TEXT];

    mpt_json_begin_object_inline(json);
    mpt_json_member_string(json, "at", mpt_vantage_name_of(x->points, s->point));
    mpt_json_member_string(json, "kind", mpt_subflow_kind_name((mpt_subflow_kind)s->subflow->kind));
    mpt_json_member_string(json, "from", mpt_endpoint_text(&s->subflow->ends[0], text));
    mpt_json_member_string(json, "to", mpt_endpoint_text(&s->subflow->ends[1], text));
    mpt_json_member_uint(json, "packets",
                         s->subflow->half[0].bytes.packets + s->subflow->half[1].bytes.packets);
    mpt_json_member_uint(json, "frame", s->subflow->first_frame);
    mpt_json_end_object(json);
}

/* The vantage points, from the client's end to the server's. */
static void write_points(mpt_json *json, const mpt_report_context *x)
{
    unsigned order[MPT_VANTAGE_POINTS];
    const mpt_vantage *vantage = mpt_vantage_engines_vantage(x->points);
    unsigned count = mpt_vantage_engines_compared(x->points, order, NULL);

    mpt_json_member_array(json, "points");
    for (unsigned i = 0; i < count; i++) {
        unsigned point = mpt_vantage_is_place(order[i]) ? 0 : order[i];
        GString *place = g_string_new(NULL);
        uint32_t id;
        mpt_json_begin_object_inline(json);
        mpt_json_member_string(json, "name", mpt_vantage_name_of(x->points, order[i]));
        mpt_json_member_bool(json, "counted", order[i] == x->point);
        mpt_json_member_array_inline(json, "interfaces");
        for (unsigned k = 0; mpt_vantage_interface(vantage, point, k, &id); k++)
            mpt_json_uint(json, id);
        mpt_json_end_array(json);
        mpt_json_member_array_inline(json, "interface_names");
        for (unsigned k = 0; mpt_vantage_interface(vantage, point, k, &id); k++)
            mpt_json_string(json, x->interface_name ? x->interface_name(id) : NULL);
        mpt_json_end_array(json);
        mpt_vantage_place(x->points, order[i], place);
        mpt_json_member_string(json, "place", place->len ? place->str : NULL);
        mpt_json_end_object(json);
        g_string_free(place, TRUE);
    }
    mpt_json_end_array(json);
}

void mpt_paths_json_more(mpt_json *json, const GPtrArray *reports)
{
    const mpt_report_context *x = g_ptr_array_index(reports, 0);
    mpt_path_model *m = mpt_path_model_new(x);

    write_points(json, x);
    if (m->pairs->len == 0) {
        mpt_json_member_null(json, "clock");
    } else {
        mpt_json_member_object(json, "clock");
        write_clock(json, x, g_ptr_array_index(m->pairs, 0));
        mpt_json_end_object(json);
    }
    if (m->pairs->len > 1) {
        mpt_json_member_array(json, "clocks");
        for (guint i = 0; i < m->pairs->len; i++) {
            mpt_json_begin_object(json);
            write_clock(json, x, g_ptr_array_index(m->pairs, i));
            mpt_json_end_object(json);
        }
        mpt_json_end_array(json);
    }
    mpt_json_member_array(json, "paths_unmatched");
    for (guint i = 0; i < m->singles->len; i++)
        write_single(json, x, &g_array_index(m->singles, mpt_path_single, i));
    mpt_json_end_array(json);
    mpt_path_model_free(m);
}
