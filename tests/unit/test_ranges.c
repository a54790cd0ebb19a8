/* test_ranges.c - claims against an array that knows each byte's owner and stamp.
 *
 * Invariant: after each step of the oracle's tests the runs are exactly the longest stretches of one kind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/base/ranges.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/runs_memory.h"
#include "tests/support/seeded.h"

#define TWO_31 (INT64_C(1) << 31)
#define TWO_32 (INT64_C(1) << 32)

enum { MANY = 300000, PIECES = 8 };

typedef struct heard {
    size_t n;
    mpt_piece piece[PIECES];
} heard;

static void hear(const mpt_piece *piece, void *data)
{
    heard *h = data;
    assert_true(h->n < PIECES);
    h->piece[h->n++] = *piece;
}

static void assert_piece(const mpt_piece *p, int64_t start, int64_t end, bool fresh, bool taken_over)
{
    assert_int_equal(p->start, start);
    assert_int_equal(p->end, end);
    assert_int_equal(p->fresh, fresh);
    assert_int_equal(p->taken_over, taken_over);
}

static mpt_stamp by(uint16_t owner, int64_t time_ns)
{
    return (mpt_stamp){.owner = owner, .time_ns = time_ns, .frame = (uint32_t)time_ns};
}

static heard claim(mpt_ranges *r, int64_t start, int64_t end, uint16_t owner, int64_t time_ns)
{
    heard h = {0};
    const mpt_stamp c = by(owner, time_ns);
    assert_true(mpt_ranges_claim(r, start, end, &c, hear, &h));
    return h;
}

/* ---- by example */

static void test_claim__as_drawn_in_the_header__owned_then_fresh(void **state)
{
    (void)state;
    mpt_ranges r = {0};
    claim(&r, 0, 10, 'A', 1);
    claim(&r, 10, 20, 'B', 2);
    claim(&r, 30, 40, 'A', 5);
    const heard h = claim(&r, 15, 30, 'A', 6);
    assert_int_equal(h.n, 2);
    assert_piece(&h.piece[0], 15, 20, false, false);
    assert_int_equal(h.piece[0].was.owner, 'B');
    assert_int_equal(h.piece[0].was.time_ns, 2);
    assert_int_equal(h.piece[0].was.frame, 2);
    assert_piece(&h.piece[1], 20, 30, true, false);
    assert_int_equal(r.size, 40);
    assert_int_equal(r.runs.count, 3);
    const mpt_run *last = mpt_runs_last(&r.runs);
    assert_int_equal(last->start, 20);
    assert_int_equal(last->value, 5);
    mpt_ranges_clear(&r);
    assert_int_equal(r.size, 0);
}

static void test_claim__earlier_stamp_inside__split_and_taken_over(void **state)
{
    (void)state;
    mpt_ranges r = {0};
    claim(&r, 0, 100, 'A', 9);
    heard h = claim(&r, 40, 50, 'B', 8);
    assert_int_equal(h.n, 1);
    assert_piece(&h.piece[0], 40, 50, false, true);
    assert_int_equal(h.piece[0].was.owner, 'A');
    assert_int_equal(h.piece[0].was.time_ns, 9);
    assert_int_equal(r.runs.count, 3);
    assert_int_equal(r.size, 100);
    h = (heard){0};
    mpt_ranges_look(&r, 0, 100, hear, &h);
    assert_int_equal(h.n, 3);
    assert_int_equal(h.piece[0].was.owner, 'A');
    assert_int_equal(h.piece[1].was.owner, 'B');
    assert_int_equal(h.piece[1].was.time_ns, 8);
    assert_int_equal(h.piece[2].was.owner, 'A');
    assert_int_equal(h.piece[2].was.time_ns, 9);
    mpt_ranges_clear(&r);
}

static void test_claim__same_time__lower_frame_has_it(void **state)
{
    (void)state;
    mpt_ranges r = {0};
    mpt_stamp c = {.time_ns = 5, .frame = 7, .owner = 1};
    mpt_ranges_claim(&r, 0, 10, &c, NULL, NULL);
    heard h = {0};
    c = (mpt_stamp){.time_ns = 5, .frame = 7, .owner = 2};
    mpt_ranges_claim(&r, 0, 10, &c, hear, &h);
    assert_piece(&h.piece[0], 0, 10, false, false);
    c.frame = 6;
    mpt_ranges_claim(&r, 0, 10, &c, hear, &h);
    assert_piece(&h.piece[1], 0, 10, false, true);
    assert_int_equal(mpt_runs_last(&r.runs)->owner, 2);
    mpt_ranges_clear(&r);
}

static void test_claim__gap_before_own_later_run__judged_as_before_the_claim(void **state)
{
    (void)state;
    mpt_ranges r = {0};
    claim(&r, 10, 20, 'A', 5);
    const heard h = claim(&r, 5, 15, 'A', 3);
    assert_int_equal(h.n, 2);
    assert_piece(&h.piece[0], 5, 10, true, false);
    assert_piece(&h.piece[1], 10, 15, false, true);
    assert_int_equal(h.piece[1].was.time_ns, 5);
    assert_int_equal(r.runs.count, 1);
    assert_int_equal(mpt_runs_last(&r.runs)->value, 3);
    mpt_ranges_clear(&r);
}

static void test_claim__other_epoch_or_flags__not_merged(void **state)
{
    (void)state;
    mpt_ranges r = {0};
    const mpt_stamp claims[] = {
        {.owner = 1},
        {.owner = 1, .epoch = 1},
        {.owner = 1, .epoch = 1, .flags = 1},
        {.owner = 2},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++)
        mpt_ranges_claim(&r, (int64_t)i, (int64_t)i + 1, &claims[i], NULL, NULL);
    assert_int_equal(r.runs.count, G_N_ELEMENTS(claims));
    mpt_ranges_clear(&r);
}

static void test_claim__across_2_31_and_2_32__one_run(void **state)
{
    (void)state;
    const int64_t at[] = {TWO_31, TWO_32, -TWO_31, -TWO_32, 0};
    for (size_t i = 0; i < G_N_ELEMENTS(at); i++) {
        mpt_ranges r = {0};
        claim(&r, at[i] - 10, at[i], 1, 1);
        claim(&r, at[i] + 5, at[i] + 10, 1, 2);
        claim(&r, at[i], at[i] + 5, 1, 3);
        int64_t first, end;
        assert_true(mpt_ranges_bounds(&r, &first, &end));
        assert_int_equal(first, at[i] - 10);
        assert_int_equal(end, at[i] + 10);
        assert_int_equal(r.runs.count, 1);
        mpt_ranges_clear(&r);
    }
}

static void test_claim__beyond_4_gib_of_one_owner__exact(void **state)
{
    (void)state;
    mpt_ranges r = {0};
    claim(&r, 0, UINT32_MAX - 1, 1, 1);
    claim(&r, UINT32_MAX - 1, UINT32_MAX, 1, 2); /* just fits */
    assert_int_equal(r.runs.count, 1);
    claim(&r, UINT32_MAX, UINT32_MAX + INT64_C(1400), 1, 3);
    assert_int_equal(r.runs.count, 2);
    const heard h = claim(&r, 0, 3 * TWO_32, 1, 4);
    assert_piece(&h.piece[0], 0, UINT32_MAX, false, false);
    assert_int_equal(h.piece[h.n - 1].end, 3 * TWO_32);
    for (size_t i = 1; i < h.n; i++)
        assert_int_equal(h.piece[i].start, h.piece[i - 1].end);
    assert_int_equal(r.size, 3 * TWO_32);
    assert_int_equal(mpt_ranges_covered(&r, INT64_MIN, INT64_MAX), 3 * TWO_32);
    mpt_ranges_take(&r, 1, 3 * TWO_32 - 1, NULL, NULL);
    assert_int_equal(r.size, 2);
    assert_int_equal(r.runs.count, 2);
    mpt_ranges_clear(&r);
}

static void test_claim__one_byte_more_than_a_run_holds__second_run(void **state)
{
    (void)state;
    for (int64_t length = 1; length < 3; length++) {
        mpt_ranges r = {0};
        claim(&r, 0, UINT32_MAX - 1, 1, 1);
        claim(&r, UINT32_MAX - 1, UINT32_MAX - 1 + length, 1, 2);
        assert_int_equal(r.runs.count, length);
        assert_int_equal(mpt_ranges_covered(&r, 0, TWO_32), UINT32_MAX - 1 + length);
        mpt_ranges_clear(&r);
    }
}

static void test_claim__outside_the_domain__refused_and_nothing_changed(void **state)
{
    (void)state;
    const struct {
        int64_t start, end;
    } bad[] = {
        {0, 0},
        {1, 0},
        {INT64_MAX, INT64_MIN},
        {INT64_MIN, INT64_MAX},
        {INT64_MIN, INT64_MIN + 5},
        {INT64_MAX - 5, INT64_MAX},
        {-MPT_RUNS_LIMIT - 1, -MPT_RUNS_LIMIT},
        {MPT_RUNS_LIMIT, MPT_RUNS_LIMIT + 1},
        {0, MPT_RANGES_CLAIM_MAX + 1},
        {100, INT64_MIN},
        {100, 100},
        {100, 99},
    };
    mpt_ranges r = {0};
    heard h = {0};
    const mpt_stamp c = by(1, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(mpt_ranges_claim(&r, bad[i].start, bad[i].end, &c, hear, &h));
    mpt_ranges_claim(&r, 90, 100, &c, NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(mpt_ranges_claim(&r, bad[i].start, bad[i].end, &c, hear, &h));
    mpt_ranges_claim(&r, MPT_RUNS_LIMIT - 10, MPT_RUNS_LIMIT, &c, NULL, NULL);
    assert_false(mpt_ranges_claim(&r, MPT_RUNS_LIMIT, MPT_RUNS_LIMIT + 1, &c, hear, &h));
    mpt_ranges_claim(&r, -MPT_RUNS_LIMIT, -MPT_RUNS_LIMIT + 10, &c, NULL, NULL);
    assert_int_equal(h.n, 0);
    assert_int_equal(r.size, 30);
    assert_int_equal(mpt_ranges_covered(&r, INT64_MIN, INT64_MAX), 30);
    mpt_ranges_take(&r, INT64_MIN, INT64_MAX, NULL, NULL);
    assert_int_equal(r.size, 0);
    assert_int_equal(runs_memory(&r.runs), 0);
    mpt_ranges_clear(&r);
}

static void test_bounds__empty__false(void **state)
{
    (void)state;
    mpt_ranges r = {0};
    int64_t first, end;
    heard h = {0};
    assert_false(mpt_ranges_bounds(&r, &first, &end));
    assert_int_equal(mpt_ranges_covered(&r, INT64_MIN, INT64_MAX), 0);
    mpt_ranges_take(&r, INT64_MIN, INT64_MAX, hear, &h);
    mpt_ranges_look(&r, 5, 5, hear, &h);
    mpt_ranges_look(&r, 5, INT64_MIN, hear, &h);
    assert_int_equal(h.n, 0);
    mpt_ranges_look(&r, INT64_MIN, INT64_MAX, hear, &h);
    assert_int_equal(h.n, 1);
    assert_piece(&h.piece[0], INT64_MIN, INT64_MAX, true, false);
}

/* ---- hostile patterns */

static void test_claim__owners_alternate__run_each(void **state)
{
    (void)state;
    mpt_ranges r = {0};
    for (int64_t i = 0; i < MANY; i++)
        claim(&r, i * 10, i * 10 + 10, i % 2, i);
    assert_int_equal(r.runs.count, MANY);
    assert_true(runs_memory(&r.runs) < (size_t)MANY * 34);
    const mpt_stamp all = by(7, -1);
    mpt_ranges_claim(&r, 0, MANY * 10, &all, NULL, NULL); /* earlier than all: one run remains */
    assert_int_equal(r.runs.count, 1);
    assert_int_equal(r.size, MANY * 10);
    mpt_ranges_clear(&r);
}

static void test_claim__downwards_with_gaps_then_filled__one_run(void **state)
{
    (void)state;
    mpt_ranges r = {0};
    for (int64_t i = MANY; i-- > 0;)
        claim(&r, i * 10, i * 10 + 5, 1, MANY - i);
    assert_int_equal(r.runs.count, MANY);
    assert_int_equal(mpt_ranges_covered(&r, 0, MANY * 10), MANY * 5);
    for (int64_t i = 0; i < MANY; i++)
        claim(&r, i * 7919 % MANY * 10 + 5, i * 7919 % MANY * 10 + 10, 1, 2 * MANY);
    assert_int_equal(r.runs.count, 1);
    assert_int_equal(mpt_runs_last(&r.runs)->value, 1);
    assert_int_equal(r.size, MANY * 10);
    mpt_ranges_clear(&r);
}

/* ---- the oracle */

typedef struct byte {
    bool in;
    mpt_stamp claim;
} byte;

typedef struct oracle {
    int64_t base;
    int n;
    byte *now;
    const byte *before; /* what pieces are judged by */
    const mpt_stamp *claim;
    bool take;
    int64_t next; /* where the next piece may begin */
} oracle;

static bool stamp_before(const mpt_stamp *a, const mpt_stamp *b)
{
    return a->time_ns < b->time_ns || (a->time_ns == b->time_ns && a->frame < b->frame);
}

static bool same_claim(const mpt_stamp *a, const mpt_stamp *b)
{
    return a->time_ns == b->time_ns && a->frame == b->frame && a->owner == b->owner && a->epoch == b->epoch &&
           a->flags == b->flags;
}

static bool same_kind(const byte *a, const byte *b)
{
    return a->in && b->in && a->claim.owner == b->claim.owner && a->claim.epoch == b->claim.epoch &&
           a->claim.flags == b->claim.flags;
}

static void judge(const mpt_piece *piece, void *data)
{
    oracle *o = data;
    assert_true(o->take ? piece->start >= o->next : piece->start == o->next);
    assert_true(piece->start < piece->end);
    for (int64_t p = o->next; p < piece->start; p++)
        assert_false(o->before[p - o->base].in);
    for (int64_t p = piece->start; p < piece->end; p++) {
        const byte *b = &o->before[p - o->base];
        assert_int_equal(piece->fresh, !b->in);
        assert_int_equal(piece->taken_over, o->claim && b->in && stamp_before(o->claim, &b->claim));
        if (b->in)
            assert_true(same_claim(&piece->was, &b->claim));
    }
    o->next = piece->end;
}

/* The stretch of one kind that begins at i: its end, and its smallest stamp for all of it. */
static int stretch(oracle *o, int i)
{
    int end = i + 1;
    mpt_stamp lowest = o->now[i].claim;
    for (; end < o->n && same_kind(&o->now[i], &o->now[end]); end++)
        if (stamp_before(&o->now[end].claim, &lowest))
            lowest = o->now[end].claim;
    for (int k = i; k < end; k++)
        o->now[k].claim = lowest;
    return end;
}

static void check_runs(oracle *o, mpt_ranges *r)
{
    uint64_t size = 0;
    mpt_runs_at at;
    const mpt_run *run = mpt_runs_first(&r->runs, &at);
    for (int i = 0, end; i < o->n; i = end) {
        end = i + 1;
        if (!o->now[i].in)
            continue;
        end = stretch(o, i);
        const mpt_stamp *c = &o->now[i].claim;
        assert_non_null(run);
        assert_int_equal(run->start, o->base + i);
        assert_int_equal(run->length, end - i);
        assert_true(run->value == c->time_ns && run->frame == c->frame);
        assert_true(run->owner == c->owner && run->epoch == c->epoch && run->flags == c->flags);
        size += run->length;
        run = mpt_runs_next(&r->runs, &at);
    }
    assert_null(run);
    assert_int_equal(r->size, size);
}

static void random_claim(GRand *rand, oracle *o, mpt_ranges *r, int from, int to, int step)
{
    const mpt_stamp c = {
        .time_ns = below(rand, 3) ? step : (int64_t)below(rand, (guint32)step + 10),
        .frame = below(rand, 3),
        .owner = (uint16_t)below(rand, 3),
        .epoch = below(rand, 8) == 0,
        .flags = below(rand, 8) == 0,
    };
    o->claim = &c;
    assert_true(mpt_ranges_claim(r, o->base + from, o->base + to, &c, below(rand, 8) ? judge : NULL, o));
    o->claim = NULL;
    for (int i = from; i < to; i++)
        if (!o->now[i].in || stamp_before(&c, &o->now[i].claim))
            o->now[i] = (byte){.in = true, .claim = c};
}

static void random_step(GRand *rand, oracle *o, mpt_ranges *r, int longest, int step)
{
    const int from = (int)below(rand, (guint32)o->n), length = 1 + (int)below(rand, (guint32)longest);
    const int to = MIN(from + length, o->n);
    const int64_t start = o->base + from, end = o->base + to;
    o->next = start;
    switch (below(rand, 8)) {
    case 0:
        o->take = true;
        mpt_ranges_take(r, start, end, judge, o);
        o->take = false;
        for (int i = from; i < to; i++)
            o->now[i] = (byte){0};
        break;
    case 1:
        mpt_ranges_look(r, start, end, judge, o);
        assert_int_equal(o->next, end);
        break;
    case 2: {
        uint64_t covered = 0;
        for (int i = from; i < to; i++)
            covered += o->now[i].in;
        assert_int_equal(mpt_ranges_covered(r, start, end), covered);
        break;
    }
    default:
        random_claim(rand, o, r, from, to, step);
    }
}

static void against_oracle(GRand *rand, int64_t base, int n, int longest, int steps, int check_each)
{
    mpt_ranges r = {0};
    byte *before = calloc((size_t)n, sizeof *before), *now = calloc((size_t)n, sizeof *now);
    oracle o = {.base = base, .n = n, .now = now, .before = before};
    for (int step = 0; step < steps; step++) {
        memcpy(before, now, (size_t)n * sizeof *now);
        random_step(rand, &o, &r, longest, step);
        for (int i = 0, end; i < n; i = end)
            end = now[i].in ? stretch(&o, i) : i + 1;
        if (step % check_each == 0)
            check_runs(&o, &r);
    }
    check_runs(&o, &r);
    mpt_ranges_clear(&r);
    free(before);
    free(now);
}

static void test_all__random_work__as_the_array(void **state)
{
    (void)state;
    GRand *rand = seeded();
    const int64_t bases[] = {
        0, -100, TWO_31 - 100, TWO_32 - 100, -TWO_32 - 100, -MPT_RUNS_LIMIT, MPT_RUNS_LIMIT - 200};
    for (size_t i = 0; i < G_N_ELEMENTS(bases); i++) {
        against_oracle(rand, bases[i], 200, 40, 10000, 1);
        against_oracle(rand, bases[i], 12, 6, 5000, 1);
    }
    g_rand_free(rand);
}

static void test_all__random_work_on_many_chunks__as_the_array(void **state)
{
    (void)state;
    GRand *rand = seeded();
    against_oracle(rand, -1000, 3000, 3, 20000, 50);
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claim__as_drawn_in_the_header__owned_then_fresh),
        cmocka_unit_test(test_claim__earlier_stamp_inside__split_and_taken_over),
        cmocka_unit_test(test_claim__same_time__lower_frame_has_it),
        cmocka_unit_test(test_claim__gap_before_own_later_run__judged_as_before_the_claim),
        cmocka_unit_test(test_claim__other_epoch_or_flags__not_merged),
        cmocka_unit_test(test_claim__across_2_31_and_2_32__one_run),
        cmocka_unit_test(test_claim__beyond_4_gib_of_one_owner__exact),
        cmocka_unit_test(test_claim__one_byte_more_than_a_run_holds__second_run),
        cmocka_unit_test(test_claim__outside_the_domain__refused_and_nothing_changed),
        cmocka_unit_test(test_bounds__empty__false),
        cmocka_unit_test(test_claim__owners_alternate__run_each),
        cmocka_unit_test(test_claim__downwards_with_gaps_then_filled__one_run),
        cmocka_unit_test(test_all__random_work__as_the_array),
        cmocka_unit_test(test_all__random_work_on_many_chunks__as_the_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
