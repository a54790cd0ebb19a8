/* interface.h - the interface between the plugin and its window module: plain C without Wireshark,
 * GLib or Qt.
 *
 * The plugin looks up the module's one symbol (MPT_GUI_ENTRY), passes it mpt_gui_plugin and gets
 * mpt_gui_module. All calls are made in the GUI thread.
 *
 * Invariant: what is handed over is a copy that needs no capture; a call that needs one names the reading of
 * the capture that it means, and gets nothing once that reading is gone. Strings are UTF-8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_INTERFACE_H
#define MPT_INTERFACE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Increased with every change below: plugin and module are built together, but may be installed apart. */
#define MPT_GUI_INTERFACE 8
#define MPT_GUI_ENTRY     "mpt_gui_module_get"

/* --- a capture --- */

#define MPT_GUI_NO_CONNECTION UINT32_MAX
#define MPT_GUI_NO_SUBFLOW    UINT32_MAX

/* The vantage points of a merged capture, from the client's end to the server's: each packet is counted at one
 * of them. */
typedef struct mpt_gui_points {
    char **names;   /* "the client (interface 0)" */
    unsigned count; /* 1: there is nothing to choose */
    unsigned chosen;
} mpt_gui_points;

/* In a call: the point where fields and reports count. */
#define MPT_GUI_USUAL_POINT UINT_MAX

typedef struct mpt_gui_connection {
    uint32_t id;
    char *title;     /* "0: 192.0.2.1:40000 -> 192.0.2.2:5001" */
    char **subflows; /* by id: "192.0.2.1:40000 -> 192.0.2.2:5001" */
    uint32_t subflow_count;
    unsigned busiest;    /* direction with the most payload: 0 client to server, 1 back */
    uint64_t payload;    /* bytes of both directions */
    uint32_t largest[2]; /* per direction: subflow with the most payload */
} mpt_gui_connection;

typedef struct mpt_gui_capture {
    uint64_t reading;                /* never 0 */
    char *name;                      /* of the file, without folders */
    int64_t epoch_ns;                /* time 0 of all graphs, since 1970 */
    mpt_gui_connection *connections; /* by id */
    uint32_t count;
    mpt_gui_points points;
    /* Of the packet that is selected; or MPT_GUI_NO_CONNECTION, MPT_GUI_NO_SUBFLOW. */
    uint32_t selected, selected_subflow;
} mpt_gui_capture;

/* --- a graph --- */

typedef struct mpt_gui_type {
    const char *name, *title; /* static */
    bool one_subflow;         /* the request's subflow is what it shows */
    bool averaged;            /* over the request's window */
    const char *missing;      /* static: why it can't be drawn of a capture with one point; NULL: it can */
} mpt_gui_type;

typedef struct mpt_gui_request {
    uint64_t reading;
    unsigned point; /* in mpt_gui_points, or MPT_GUI_USUAL_POINT */
    unsigned type;  /* index in mpt_gui_plugin.types */
    uint32_t connection;
    unsigned direction;
    uint32_t subflow;
    int64_t window_ns; /* 0: one that suits the connection */
    bool has_range;    /* points from from_ns to to_ns, and one before and after */
    int64_t from_ns, to_ns;
    size_t limit; /* of points; above it they are thinned */
} mpt_gui_request;

typedef enum mpt_gui_style { MPT_GUI_BARS, MPT_GUI_STEP, MPT_GUI_DOTS, MPT_GUI_LINE } mpt_gui_style;

typedef struct mpt_gui_point {
    int64_t time_ns;
    double value;         /* exact */
    uint32_t frame;       /* 0: none */
    uint32_t length;      /* bytes; of bars: as high as they are */
    uint32_t first_frame; /* of the first copy, or 0 */
} mpt_gui_point;

typedef struct mpt_gui_series {
    char *title;
    uint32_t subflow; /* or MPT_GUI_NO_SUBFLOW */
    unsigned kind;    /* 0, 1, ... of the series of one subflow */
    mpt_gui_style style;
    bool stacks;
    bool aside; /* the range of values that is shown is that of the others */
    mpt_gui_point *points;
    size_t count;
} mpt_gui_series;

typedef struct mpt_gui_event {
    int64_t time_ns;
    const char *name; /* static */
    char *text;       /* what happened, in words */
    uint32_t frame, subflow;
} mpt_gui_event;

/* --- paths over time: a strip for each subflow --- */

typedef enum mpt_gui_span_kind {
    MPT_GUI_SPAN_BACKUP, /* one of the hosts holds the subflow for a backup */
    MPT_GUI_SPAN_WAITED, /* data of other subflows waits for data of this one */
    MPT_GUI_SPAN_OUT,    /* the path is out: nothing comes back */
    MPT_GUI_SPANS
} mpt_gui_span_kind;

typedef struct mpt_gui_span {
    mpt_gui_span_kind kind;
    int64_t from_ns, to_ns;
} mpt_gui_span;

typedef enum mpt_gui_mark_kind {
    MPT_GUI_MARK_JOIN,
    MPT_GUI_MARK_ADDRESS,
    MPT_GUI_MARK_PRIORITY,
    MPT_GUI_MARK_RESET,
    MPT_GUI_MARK_AGAIN, /* data that the subflow had carried before */
    MPT_GUI_MARKS
} mpt_gui_mark_kind;

typedef struct mpt_gui_mark {
    mpt_gui_mark_kind kind;
    int64_t time_ns;
    uint32_t frame;
} mpt_gui_mark;

typedef struct mpt_gui_rate {
    int64_t time_ns;
    double bps; /* until the next one */
} mpt_gui_rate;

typedef struct mpt_gui_strip {
    uint32_t subflow;
    char *client, *server; /* "192.0.2.1:40000" */
    char *interfaces;      /* in words; NULL: the file does not say */
    int64_t from_ns, to_ns;
    mpt_gui_rate *rates; /* in order of time, as of the next two */
    size_t rate_count;
    mpt_gui_span *spans;
    size_t span_count;
    mpt_gui_mark *marks;
    size_t mark_count;
} mpt_gui_strip;

typedef struct mpt_gui_strips {
    mpt_gui_strip *strips; /* by id of the subflow */
    unsigned count;
    double highest; /* of all rates; 0: no data */
    int64_t from_ns, to_ns;
} mpt_gui_strips;

typedef enum mpt_gui_axis {
    MPT_GUI_NUMBERS,  /* 1.5 M */
    MPT_GUI_PERCENT,  /* of 1 */
    MPT_GUI_SUBFLOWS, /* ids */
} mpt_gui_axis;

typedef struct mpt_gui_graph {
    char *title, *subtitle;
    const char *axis_title; /* static */
    const char *unit_title; /* static: takes prefixes, "bit/s"; NULL: axis_title is all there is to say */
    int64_t from_ns, to_ns; /* of the connection: the same for all its graphs */
    mpt_gui_axis axis;
    bool from_zero; /* the axis has 0 */
    double scale;   /* the axis shows value * scale */
    mpt_gui_series *series;
    unsigned count;
    mpt_gui_event *events; /* by time */
    size_t event_count;
    size_t kept;
    uint64_t total; /* above `kept`: thinned; extremes and gaps remain */
    int unit;       /* the plugin's own */
} mpt_gui_graph;

/* --- a flow --- */

enum { MPT_GUI_FLOW_DATA = 1, MPT_GUI_FLOW_ACKS = 2, MPT_GUI_FLOW_SIGNALS = 4 };

typedef struct mpt_gui_flow_lane {
    char *title, *client, *server; /* "subflow 1, backup"; their ends */
} mpt_gui_flow_lane;

typedef struct mpt_gui_flow_filter {
    unsigned directions; /* bit 0 client to server, bit 1 back */
    unsigned show;       /* MPT_GUI_FLOW_* */
    uint32_t subflow;    /* or MPT_GUI_NO_SUBFLOW: all */
    int64_t from_ns, to_ns;
} mpt_gui_flow_filter;

#define MPT_GUI_FLOW_LEVELS 9

/* A connection as a ladder: rows at several levels of detail, 0 with an arrow each, the others with runs of up to 8,
 * 64, ... packets. */
typedef struct mpt_gui_flow {
    char *title;
    mpt_gui_flow_lane *lanes; /* by subflow */
    uint32_t lane_count;
    bool both_ends; /* each arrow knows both */
    int64_t from_ns, to_ns;
    unsigned looks; /* bits 1 << mpt_flow_look: that occur; of the filter, as are the next */
    unsigned levels;
    uint32_t rows[MPT_GUI_FLOW_LEVELS]; /* at each level */
    void *own;                          /* the plugin's */
} mpt_gui_flow;

/* Where lanes are, in pixels. */
typedef struct mpt_gui_flow_space {
    double width, row, top; /* of all; height of a row, of what is above the first one */
    double time, frame;     /* where the columns before the lanes end */
    unsigned lanes;         /* that are drawn: all, or the filter's */
} mpt_gui_flow_space;

/* An arrow as it is drawn: y is 0 at the top of its row. Texts may be empty. */
typedef struct mpt_gui_arrow {
    double x0, y0, x1, y1; /* from the sender on */
    bool lost, run, from_nowhere;
    unsigned look; /* flow_look.h */
    double label_x, label_y, far_x;
    bool far_ends; /* the text of its arrival ends at far_x; else it begins there */
    char label[200], time[40], frame_text[16], far[40], pause[40];
    uint32_t frame;
    int64_t time_ns;
} mpt_gui_arrow;

/* --- a table --- */

typedef enum mpt_gui_kind {
    MPT_GUI_TABLE_CONNECTIONS,
    MPT_GUI_TABLE_SUBFLOWS,
    MPT_GUI_TABLE_REINJECTIONS,
    MPT_GUI_TABLE_EVENTS,
    MPT_GUI_TABLE_FINDINGS,
    MPT_GUI_TABLE_PATHS,
    MPT_GUI_TABLE_RULES,
    MPT_GUI_TABLES
} mpt_gui_kind;

typedef struct mpt_gui_column {
    const char *title;   /* static; with the unit, where the cells have none */
    const char *tooltip; /* static */
    char *name;          /* for files; NULL: not copied, the column beside it has the exact value */
    bool right;
    bool sentence; /* long text */
} mpt_gui_column;

typedef enum mpt_gui_severity {
    MPT_GUI_ERROR,
    MPT_GUI_WARNING,
    MPT_GUI_NOTE,
    MPT_GUI_CHAT,
    MPT_GUI_PLAIN
} mpt_gui_severity;

typedef struct mpt_gui_row {
    uint32_t connection;         /* or MPT_GUI_NO_CONNECTION: the capture */
    uint32_t subflow;            /* or MPT_GUI_NO_SUBFLOW: the connection */
    uint32_t frame, first_frame; /* its own; of the first copy; 0: none */
    unsigned direction;          /* 2: none, or both */
    mpt_gui_severity severity;
    uint32_t field_connection, field_subflow; /* the same as the fields number them, or none */
} mpt_gui_row;

/* Of a table of paths: what the preferences at, client and server say, and the numbers of the interfaces with TCP. */
typedef struct mpt_gui_ends {
    char *at, *client, *server;
    uint32_t *interfaces;
    unsigned count; /* 0: of another table */
} mpt_gui_ends;

typedef struct mpt_gui_table {
    uint64_t reading;
    uint64_t segments; /* that it was made of */
    bool complete;     /* false: what is in the look-back is not in it yet */
    char *name;        /* of the capture's file, without folders */
    char *summary;     /* some lines on the whole capture */
    const char *empty; /* static: what to say where there are no rows */
    mpt_gui_column *columns;
    unsigned column_count;
    mpt_gui_row *rows;
    size_t row_count;
    mpt_gui_points points;
    mpt_gui_ends ends;
    uint32_t selected, selected_subflow; /* as in mpt_gui_capture */
    const char *point; /* static: the value of the field mptcpscope.point that its rows are of; NULL: all */
    void *cells;       /* the plugin's own */
} mpt_gui_table;

/* --- the plugin, as the module sees it --- */

typedef struct mpt_gui_plugin {
    const mpt_gui_type *types;
    unsigned type_count;
    /* The capture that is open, as this vantage point has it; NULL, and *why (static) a sentence, where there
     * is none. */
    mpt_gui_capture *(*capture)(unsigned point, const char **why);
    void (*capture_free)(mpt_gui_capture *capture); /* NULL is allowed */
    /* NULL where the reading is gone. */
    mpt_gui_graph *(*graph)(const mpt_gui_request *request);
    void (*graph_free)(mpt_gui_graph *graph); /* NULL is allowed */
    /* A point in words, cut to `room` bytes. */
    void (*describe)(const mpt_gui_graph *graph, unsigned series, size_t point, char *text, size_t room);
    /* All points, as `mptcp,plot,format=csv` writes them. False, with *why (free with text_free()),
     * if it fails. */
    bool (*save_csv)(const mpt_gui_request *request, const char *path, char **why);
    void (*text_free)(char *text);
    /* In the main window; does nothing if the reading is gone. */
    void (*go_to_frame)(uint64_t reading, uint32_t frame);
    /* now false: the filter is only entered, not applied. */
    void (*show_filter)(uint64_t reading, const char *filter, bool now);

    /* Of the capture that is open; NULL, with a sentence in *why (static), if there is none. hurry: leaves in
     * the look-back what is still there. Free with table_free(). */
    mpt_gui_table *(*table)(mpt_gui_kind kind, unsigned point, bool hurry, const char **why);
    void (*table_free)(mpt_gui_table *table); /* NULL is allowed */
    /* What a cell shows, or its exact value as CSV has it. Free with text_free(). */
    char *(*cell)(const mpt_gui_table *table, size_t row, unsigned column, bool exact);
    /* Below, equal to or above 0, like strcmp(); numbers compare as numbers, unknown values are
     * below all others. */
    int (*compare)(const mpt_gui_table *table, unsigned column, size_t a, size_t b);
    /* The display filter for these rows; NULL if a row belongs to no connection, or if there are too many
     * rows. Free with text_free(). */
    char *(*filter)(const mpt_gui_table *table, const size_t *rows, size_t count);
    /* The report that this table shows, as text, as tshark prints it; NULL if the reading is gone.
     * Free with text_free(). */
    char *(*report)(uint64_t reading, mpt_gui_kind kind, unsigned point);
    /* The connection as a ladder, with all that it has; NULL where the reading is gone. */
    mpt_gui_flow *(*flow)(uint64_t reading, unsigned point, uint32_t connection);
    void (*flow_free)(mpt_gui_flow *flow); /* NULL is allowed */
    void (*flow_filter)(mpt_gui_flow *flow, const mpt_gui_flow_filter *filter);
    void (*flow_space)(const mpt_gui_flow *flow, double width, mpt_gui_flow_space *space);
    /* The left and the right edge of a lane that is drawn. */
    void (*flow_edges)(const mpt_gui_flow *flow, double width, unsigned lane, double edges[2]);
    void (*flow_arrow)(const mpt_gui_flow *flow, double width, unsigned level, uint32_t row,
                       mpt_gui_arrow *arrow);
    /* All that is known of a row, a line each. Free with text_free(). */
    char *(*flow_figures)(const mpt_gui_flow *flow, unsigned level, uint32_t row);
    /* The row with this frame; false: none has it. */
    bool (*flow_find)(const mpt_gui_flow *flow, unsigned level, uint32_t frame, uint32_t *row);
    /* The first row at or after this time, or their number. */
    uint32_t (*flow_after)(const mpt_gui_flow *flow, unsigned level, int64_t time_ns);
    /* Writes what is shown as SVG; as save_csv(). */
    bool (*flow_save)(const mpt_gui_flow *flow, unsigned level, const char *path, char **why);
    /* The frame that is selected in the main window; 0: none, or the reading is gone. */
    uint32_t (*selected_frame)(uint64_t reading);
    /* TCP segments read so far; 0 where the reading is gone. */
    uint64_t (*segments)(uint64_t reading);
    /* What the packet that is selected now belongs to, as in mpt_gui_capture; false: to no connection. */
    bool (*selected)(uint64_t reading, unsigned point, uint32_t *connection, uint32_t *subflow);
    /* Sets the preferences at, client and server, and has the capture read again, which is then gone. False, with
     * *why (free with text_free()), if one of them can't be. */
    bool (*set_ends)(const char *at, const char *client, const char *server, char **why);
    /* All there is to say of a connection, as text; NULL if the reading is gone. Free with text_free(). */
    char *(*summary)(uint64_t reading, unsigned point, uint32_t connection);
} mpt_gui_plugin;

/* --- the module, as the plugin sees it --- */

typedef struct mpt_gui_module {
    void (*open_graphs)(void);
    void (*open_flow)(void);
    void (*open_table)(mpt_gui_kind kind);
    /* Copies all. file: the capture's, in the title, without folders; NULL: none. shown: how a line begins that is
     * to be seen first; NULL: the first. */
    void (*open_text)(const char *title, const char *file, const char *text, const char *shown);
    /* The capture was closed, or is read again: every reading so far is gone. */
    void (*capture_gone)(void);
} mpt_gui_module;

/* NULL, with a sentence in why[room], if the module can't work here. `plugin` is borrowed, for ever. */
typedef const mpt_gui_module *(*mpt_gui_entry)(unsigned interface, const mpt_gui_plugin *plugin, char *why,
                                               size_t room);

#ifdef __cplusplus
}
#endif

#endif
