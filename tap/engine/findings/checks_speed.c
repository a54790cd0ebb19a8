/* checks_speed.c - why a direction is slow: what limited it, the receive window, queues on the paths
 * (RFC 8684 3.3.4; FIGURES.md, `limits`).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "checks.h"
#include "tap/engine/base/whole.h"
#include "tap/engine/speed/speed.h"

/* Less than this says nothing about speed. */
#define SLOW_NS        INT64_C(1000000000)
#define SLOW_BYTES     100000
/* More than this share of the time is what limited it. */
#define MOST           0.5
/* A subflow that carries less of the data is no path of it. */
#define USED_SHARE     0.05
/* A window that the paths would fill twice is not what is too small. */
#define WINDOW_ENOUGH  0.5
#define BLOAT_TIMES    4
#define BLOAT_NS       INT64_C(100000000)
#define BLOAT_SAMPLES  8
#define BLOAT_MANY     20
#define BLOAT_HIGH     3 /* of fewer samples, at least so many are high */
#define BLOAT_QUANTILE 0.95
/* The round trip that is measured is that of the path where the capture is this near to the sender. */
#define BLOAT_NEAR     4
#define TINY_NS        INT64_C(1000000000)

static mpt_conn_side sender_of(const mpt_checking *x, mpt_direction direction)
{
    return x->v->side[mpt_direction_sender(direction)];
}

static bool is_slow_enough(const mpt_checking *x, const mpt_speed_direction *d, mpt_direction direction)
{
    return d->unknown == MPT_SPEED_KNOWN && d->duration_ns >= SLOW_NS &&
           x->v->direction[direction].bytes.payload_bytes >= SLOW_BYTES;
}

static double share_of(const mpt_speed_direction *d, mpt_limit limit)
{
    return (double)d->ns[limit] / (double)d->duration_ns;
}

/* --- what limited it --- */

static mpt_limit strongest(const mpt_speed_direction *d)
{
    mpt_limit most = MPT_LIMIT_CONGESTION;

    for (mpt_limit limit = 0; limit < MPT_LIMITS; limit++)
        if (d->ns[limit] > d->ns[most])
            most = limit;
    return most;
}

static void check_limited(mpt_checking *x, const mpt_speed_direction *d, mpt_direction direction)
{
    static const mpt_phrase phrases[MPT_LIMITS] = {[MPT_LIMIT_WINDOW] = MPT_PHRASE_LIMITED_WINDOW,
                                                   [MPT_LIMIT_APPLICATION] = MPT_PHRASE_LIMITED_APPLICATION,
                                                   [MPT_LIMIT_RECOVERY] = MPT_PHRASE_LIMITED_RECOVERY,
                                                   [MPT_LIMIT_CONGESTION] = MPT_PHRASE_LIMITED};
    mpt_limit most = strongest(d);
    bool alone = share_of(d, most) > MOST;
    mpt_finding *f = mpt_found(x, MPT_FINDING_LIMITED, d->first_ns, d->frame, 1);

    mpt_say(f, alone ? phrases[most] : MPT_PHRASE_LIMITED_BY_SEVERAL, mpt_term_sender(direction),
            mpt_term_of(MPT_TERM_TIME, (uint64_t)d->ns[MPT_LIMIT_WINDOW]),
            mpt_term_of(MPT_TERM_TIME, (uint64_t)d->ns[MPT_LIMIT_APPLICATION]),
            mpt_term_of(MPT_TERM_TIME, (uint64_t)d->ns[MPT_LIMIT_RECOVERY]),
            mpt_term_of(MPT_TERM_TIME, (uint64_t)d->ns[MPT_LIMIT_CONGESTION]),
            mpt_term_of(MPT_TERM_TIME, (uint64_t)d->duration_ns));
    mpt_found_direction(f, direction);
    f->severity = alone && most != MPT_LIMIT_APPLICATION ? MPT_SEVERITY_NOTE : MPT_SEVERITY_CHAT;
    f->has_shares = true;
    for (mpt_limit limit = 0; limit < MPT_LIMITS; limit++)
        f->share[limit] = share_of(d, limit);
}

/* --- the window that was needed --- */

struct paths {
    const mpt_subflow_view *slowest;
    int64_t rtt_ns; /* of the slowest */
    double rate;    /* bit/s: the sum */
};

static struct paths used_paths(const mpt_checking *x, const mpt_speed *speed, mpt_direction direction)
{
    struct paths all = {.slowest = NULL};

    for (uint32_t i = 0; i < x->v->subflow_count; i++) {
        const mpt_subflow_view *sv = &x->v->subflows[i];
        mpt_side side = sv->side[mpt_direction_sender(direction)];
        int64_t part_ns, all_ns;
        mpt_speed_path path;

        if (!(sv->direction[direction].share >= USED_SHARE) ||
            !mpt_speed_round_trip(sv->subflow, side, &part_ns, &all_ns))
            continue;
        if (mpt_speed_get_path(speed, sv->subflow, side, &path))
            all.rate += path.rate;
        if (!all.slowest || all_ns > all.rtt_ns) {
            all.slowest = sv;
            all.rtt_ns = all_ns;
        }
    }
    return all;
}

/* The window, and what it would have to be; false where it is not what is too small. */
static bool say_needed(const mpt_checking *x, const mpt_speed *speed, const mpt_speed_direction *d,
                       mpt_direction direction, mpt_finding *f)
{
    struct paths paths = used_paths(x, speed, direction);
    double needed = paths.rate / 8 * (double)paths.rtt_ns / 1e9;

    if (!paths.slowest || paths.rtt_ns <= 0 || (needed > 0 && needed < WINDOW_ENOUGH * d->window))
        return false;
    mpt_say(f, MPT_PHRASE_WINDOW_LIMITED, mpt_term_sender(direction), mpt_term_of(MPT_TERM_BYTES, d->window),
            mpt_term_of(MPT_TERM_TIME, (uint64_t)d->ns[MPT_LIMIT_WINDOW]),
            mpt_term_of(MPT_TERM_TIME, (uint64_t)d->duration_ns),
            mpt_term_of(MPT_TERM_TIME, (uint64_t)paths.rtt_ns), mpt_term_subflow(paths.slowest),
            mpt_term_of(MPT_TERM_RATE, mpt_whole_unsigned(8e9 * (double)d->window / (double)paths.rtt_ns)));
    if (needed > (double)d->window)
        mpt_say(f, MPT_PHRASE_WINDOW_NEEDED, mpt_term_of(MPT_TERM_RATE, mpt_whole_unsigned(paths.rate)),
                mpt_term_of(MPT_TERM_BYTES, mpt_whole_unsigned(needed)));
    else
        mpt_say(f, MPT_PHRASE_WINDOW_NEEDED_UNKNOWN);
    return true;
}

static void check_window_limited(mpt_checking *x, const mpt_speed *speed, const mpt_speed_direction *d,
                                 mpt_direction direction)
{
    mpt_finding *f;

    if (share_of(d, MPT_LIMIT_WINDOW) <= MOST)
        return;
    f = mpt_found(x, MPT_FINDING_WINDOW_LIMITED, d->first_ns, d->frame, 1);
    if (d->unread)
        mpt_say(f, MPT_PHRASE_WINDOW_UNREAD, mpt_term_sender(direction),
                mpt_term_of(MPT_TERM_BYTES, d->window),
                mpt_term_of(MPT_TERM_TIME, (uint64_t)d->ns[MPT_LIMIT_WINDOW]),
                mpt_term_of(MPT_TERM_TIME, (uint64_t)d->duration_ns));
    else if (!say_needed(x, speed, d, direction, f)) {
        g_array_set_size(x->found, x->found->len - 1);
        return;
    }
    mpt_found_direction(f, direction);
}

void mpt_check_limited(mpt_checking *x)
{
    const mpt_speed *speed = mpt_speed_of(x->engine);

    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS && speed; direction++) {
        mpt_speed_direction d;

        if (!mpt_speed_get(speed, x->c, sender_of(x, direction), &d) || !is_slow_enough(x, &d, direction))
            continue;
        check_limited(x, &d, direction);
        check_window_limited(x, speed, &d, direction);
    }
}

/* --- windows that are wrong --- */

static const mpt_subflow_view *subflow_of(const mpt_checking *x, const mpt_speed_sight *sight)
{
    return mpt_metrics_subflow_of(x->v, sight->owner);
}

static void check_shrunk(mpt_checking *x, const mpt_speed_direction *d, mpt_direction direction)
{
    const mpt_subflow_view *sv = subflow_of(x, &d->shrunk);
    mpt_finding *f;

    if (!d->shrunk.count || !sv)
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_WINDOW_SHRUNK, d->shrunk.time_ns, d->shrunk.frame, d->shrunk.count),
                MPT_PHRASE_WINDOW_SHRUNK, mpt_term_role(mpt_role_other(mpt_direction_sender(direction))),
                mpt_term_of(MPT_TERM_BYTES, (uint64_t)d->shrunk.bytes),
                mpt_term_of(MPT_TERM_COUNT, d->shrunk.count), mpt_term_subflow(sv));
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
}

static void check_tiny(mpt_checking *x, const mpt_speed_direction *d, mpt_direction direction)
{
    int64_t ns = d->tiny.last_ns - d->tiny.time_ns;
    mpt_finding *f;

    if (!d->tiny.count || ns <= TINY_NS)
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_WINDOW_TINY, d->tiny.time_ns, d->tiny.frame, 1),
                MPT_PHRASE_WINDOW_TINY, mpt_term_role(mpt_role_other(mpt_direction_sender(direction))),
                mpt_term_of(MPT_TERM_TIME, (uint64_t)ns),
                mpt_term_of(MPT_TERM_BYTES, (uint64_t)d->tiny.bytes));
    mpt_found_direction(f, direction);
}

void mpt_check_window(mpt_checking *x)
{
    const mpt_speed *speed = mpt_speed_of(x->engine);

    for (mpt_direction direction = 0; direction < MPT_DIRECTIONS && speed; direction++) {
        mpt_speed_direction d;

        if (!mpt_speed_get(speed, x->c, sender_of(x, direction), &d))
            continue;
        check_shrunk(x, &d, direction);
        check_tiny(x, &d, direction);
    }
}

/* --- queues --- */

static void check_bloat(mpt_checking *x, const mpt_speed *speed, const mpt_subflow_view *sv,
                        mpt_direction direction)
{
    mpt_side side = sv->side[mpt_direction_sender(direction)];
    int64_t part_ns, all_ns, least, high;
    double quantile;
    mpt_speed_path path;
    mpt_finding *f;

    if (!mpt_speed_get_path(speed, sv->subflow, side, &path) || path.rtt->samples < BLOAT_SAMPLES ||
        !mpt_speed_round_trip(sv->subflow, side, &part_ns, &all_ns) || part_ns > all_ns / BLOAT_NEAR)
        return;
    least = MIN(path.rtt->min, all_ns - part_ns);
    quantile =
        path.rtt->samples < BLOAT_MANY ? 1 - (double)BLOAT_HIGH / (double)path.rtt->samples : BLOAT_QUANTILE;
    if (!mpt_histogram_quantile(path.rtt, quantile, &high) || high < BLOAT_TIMES * least ||
        high - least < BLOAT_NS)
        return;
    f = mpt_say(mpt_found(x, MPT_FINDING_BUFFERBLOAT, sv->subflow->start_ns, sv->subflow->first_frame, 1),
                MPT_PHRASE_BUFFERBLOAT, mpt_term_subflow(sv), mpt_term_sender(direction),
                mpt_term_of(MPT_TERM_TIME, (uint64_t)least), mpt_term_of(MPT_TERM_TIME, (uint64_t)high));
    mpt_found_subflow(f, sv);
    mpt_found_direction(f, direction);
}

void mpt_check_bloat(mpt_checking *x)
{
    const mpt_speed *speed = mpt_speed_of(x->engine);

    for (uint32_t i = 0; i < x->v->subflow_count && speed; i++)
        for (mpt_direction direction = 0; direction < MPT_DIRECTIONS; direction++)
            check_bloat(x, speed, &x->v->subflows[i], direction);
}
