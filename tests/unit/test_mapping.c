/* test_mapping.c - DSS mappings against an array of one DSN per subflow sequence number.
 *
 * Invariant: after each step of the oracle's test the runs are the longest stretches of one DSN - SSN.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tap/engine/protocol/mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/runs_memory.h"
#include "tests/support/seeded.h"

#define TWO_31 (INT64_C(1) << 31)
#define TWO_32 (INT64_C(1) << 32)

enum { MANY = 300000, PIECES = 8 };

typedef struct heard {
    size_t n;
    mpt_mapped_piece piece[PIECES];
} heard;

static void hear(const mpt_mapped_piece *piece, void *data)
{
    heard *h = data;
    assert_true(h->n < PIECES);
    h->piece[h->n++] = *piece;
}

static void assert_piece(const mpt_mapped_piece *p, int64_t start, int64_t end, bool mapped, int64_t dsn)
{
    assert_int_equal(p->start, start);
    assert_int_equal(p->end, end);
    assert_int_equal(p->mapped, mapped);
    if (mapped)
        assert_int_equal(p->dsn, dsn);
}

/* ---- by example */

static void test_add__repeated_on_each_segment__told_once(void **state)
{
    (void)state;
    mpt_mapping m = {0};
    heard h = {0};
    for (uint32_t frame = 1; frame < 50; frame++)
        assert_int_equal(mpt_mapping_add(&m, 1, 1, 65000, frame, hear, &h), 0);
    assert_int_equal(mpt_mapping_add(&m, 101, 101, 64900, 50, hear, &h), 0);
    assert_int_equal(h.n, 1);
    assert_piece(&h.piece[0], 1, 65001, true, 1);
    assert_int_equal(h.piece[0].frame, 1);
    assert_int_equal(m.runs.count, 1);
    mpt_mapping_clear(&m);
}

static void test_add__as_drawn_in_the_header__two_runs(void **state)
{
    (void)state;
    mpt_mapping m = {0};
    heard h = {0};
    mpt_mapping_add(&m, 1, 1, 1400, 5, NULL, NULL);
    mpt_mapping_add(&m, 1401, 1401, 1400, 6, NULL, NULL);
    mpt_mapping_add(&m, 2801, 9801, 1400, 7, NULL, NULL);
    assert_int_equal(m.runs.count, 2);
    mpt_mapping_look(&m, 2000, 4300, hear, &h);
    assert_int_equal(h.n, 3);
    assert_piece(&h.piece[0], 2000, 2801, true, 2000);
    assert_int_equal(h.piece[0].frame, 5);
    assert_piece(&h.piece[1], 2801, 4201, true, 9801);
    assert_int_equal(h.piece[1].frame, 7);
    assert_piece(&h.piece[2], 4201, 4300, false, 0);
    mpt_mapping_clear(&m);
}

static void test_add__contradiction__counted_and_first_stays(void **state)
{
    (void)state;
    mpt_mapping m = {0};
    heard h = {0};
    mpt_mapping_add(&m, 100, 1000, 100, 1, NULL, NULL);
    assert_int_equal(mpt_mapping_add(&m, 50, 5000, 200, 2, hear, &h), 100);
    assert_int_equal(h.n, 2);
    assert_piece(&h.piece[0], 50, 100, true, 5000);
    assert_piece(&h.piece[1], 200, 250, true, 5150);
    h.n = 0;
    mpt_mapping_look(&m, 100, 200, hear, &h);
    assert_piece(&h.piece[0], 100, 200, true, 1000);
    mpt_mapping_clear(&m);
}

static void test_add__gap_filled__one_run_with_lowest_frame(void **state)
{
    (void)state;
    mpt_mapping m = {0};
    heard h = {0};
    mpt_mapping_add(&m, 20, 120, 10, 9, NULL, NULL);
    mpt_mapping_add(&m, 0, 100, 10, 4, NULL, NULL);
    assert_int_equal(mpt_mapping_add(&m, 5, 105, 20, 7, hear, &h), 0);
    assert_int_equal(h.n, 1);
    assert_piece(&h.piece[0], 10, 20, true, 110);
    assert_int_equal(m.runs.count, 1);
    assert_int_equal(mpt_runs_last(&m.runs)->frame, 4);
    mpt_mapping_clear(&m);
}

static void test_add__appended_with_lower_frame__lowest_kept(void **state)
{
    (void)state;
    mpt_mapping m = {0};
    mpt_mapping_add(&m, 0, 100, 10, 9, NULL, NULL);
    mpt_mapping_add(&m, 10, 110, 10, 4, NULL, NULL);
    mpt_mapping_add(&m, 20, 120, 10, 6, NULL, NULL);
    assert_int_equal(m.runs.count, 1);
    assert_int_equal(mpt_runs_last(&m.runs)->frame, 4);
    mpt_mapping_clear(&m);
}

static void test_add__across_2_31_and_2_32__one_run(void **state)
{
    (void)state;
    const int64_t at[] = {TWO_31, TWO_32, -TWO_31, -TWO_32, 0};
    for (size_t i = 0; i < G_N_ELEMENTS(at); i++) {
        mpt_mapping m = {0};
        heard h = {0};
        mpt_mapping_add(&m, at[i] - 10, TWO_32 - 5, 10, 1, NULL, NULL);
        mpt_mapping_add(&m, at[i], TWO_32 + 5, 10, 1, NULL, NULL);
        mpt_mapping_look(&m, at[i] - 10, at[i] + 10, hear, &h);
        assert_int_equal(h.n, 1);
        assert_piece(&h.piece[0], at[i] - 10, at[i] + 10, true, TWO_32 - 5);
        mpt_mapping_clear(&m);
    }
}

static void test_add__more_than_4_gib_in_one_piece__exact(void **state)
{
    (void)state;
    mpt_mapping m = {0};
    heard h = {0};
    mpt_mapping_add(&m, 0, 7, UINT32_MAX - 1, 1, NULL, NULL);
    mpt_mapping_add(&m, UINT32_MAX - 1, (int64_t)UINT32_MAX + 6, 1, 2, NULL, NULL); /* just fits */
    assert_int_equal(m.runs.count, 1);
    mpt_mapping_add(&m, UINT32_MAX, (int64_t)UINT32_MAX + 7, 1400, 3, hear, &h);
    assert_int_equal(m.runs.count, 2);
    assert_int_equal(mpt_mapping_add(&m, 10, 17, UINT32_MAX, 4, hear, &h), 0);
    assert_int_equal(h.n, 1);
    mpt_mapping_look(&m, TWO_32 - 2, TWO_32 + 2, hear, &h);
    assert_piece(&h.piece[1], TWO_32 - 2, TWO_32 - 1, true, TWO_32 + 5);
    assert_piece(&h.piece[2], TWO_32 - 1, TWO_32 + 2, true, TWO_32 + 6);
    mpt_mapping_clear(&m);
}

static void test_add__outside_the_domain__nothing(void **state)
{
    (void)state;
    const int64_t bad[] = {INT64_MIN, INT64_MAX, -MPT_RUNS_LIMIT - 1, MPT_RUNS_LIMIT, MPT_RUNS_LIMIT - 8};
    mpt_mapping m = {0};
    heard h = {0};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_int_equal(mpt_mapping_add(&m, bad[i], 0, 9, 1, hear, &h), 0);
    assert_int_equal(mpt_mapping_add(&m, 0, 0, 0, 1, hear, &h), 0);
    assert_int_equal(m.runs.count, 0);
    assert_int_equal(mpt_mapping_add(&m, MPT_RUNS_LIMIT - 9, 0, 9, 1, hear, &h), 0);
    assert_int_equal(mpt_mapping_add(&m, MPT_RUNS_LIMIT, 9, 9, 1, hear, &h), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_int_equal(mpt_mapping_add(&m, bad[i], -1, 1 + 8 * (i != 4), 1, hear, &h), i == 4);
    assert_int_equal(h.n, 1);
    mpt_mapping_clear(&m);
}

static void test_look__dsn_wraps_2_64__modular(void **state)
{
    (void)state;
    mpt_mapping m = {0};
    heard h = {0};
    mpt_mapping_add(&m, 0, INT64_MAX, 10, 1, NULL, NULL);
    mpt_mapping_add(&m, 10, INT64_MIN + 9, 10, 1, NULL, NULL);
    mpt_mapping_set_infinite(&m, INT64_MIN, INT64_MAX);
    mpt_mapping_look(&m, 5, INT64_MAX, hear, &h);
    assert_int_equal(h.n, 2);
    assert_piece(&h.piece[0], 5, 20, true, INT64_MIN + 4);
    assert_piece(&h.piece[1], 20, INT64_MAX, true, 19);
    mpt_mapping_clear(&m);
}

static void test_set_infinite__after_a_mapping__fills_the_gaps_from_there(void **state)
{
    (void)state;
    mpt_mapping m = {0};
    heard h = {0};
    mpt_mapping_add(&m, 0, 100, 10, 1, NULL, NULL);
    mpt_mapping_add(&m, 40, 140, 10, 2, NULL, NULL);
    mpt_mapping_set_infinite(&m, 20, 520);
    mpt_mapping_set_infinite(&m, 0, 0);
    mpt_mapping_look(&m, 5, 60, hear, &h);
    assert_int_equal(h.n, 5);
    assert_piece(&h.piece[0], 5, 10, true, 105);
    assert_piece(&h.piece[1], 10, 20, false, 0);
    assert_piece(&h.piece[2], 20, 40, true, 520);
    assert_piece(&h.piece[3], 40, 50, true, 140);
    assert_piece(&h.piece[4], 50, 60, true, 550);
    for (size_t i = 0; i < h.n; i++)
        assert_int_equal(h.piece[i].implied, i == 2 || i == 4);
    mpt_mapping_clear(&m);
    assert_false(m.infinite);
}

static void test_continue__at_each_place__nearest_below(void **state)
{
    (void)state;
    mpt_mapping m = {0};
    int64_t dsn;
    assert_false(mpt_mapping_continue(&m, 0, &dsn));
    mpt_mapping_add(&m, 10, 110, 10, 1, NULL, NULL);
    mpt_mapping_add(&m, 20, 520, 10, 1, NULL, NULL);
    assert_false(mpt_mapping_continue(&m, 10, &dsn));
    const int64_t expected[][2] = {{11, 111}, {20, 120}, {21, 521}, {30, 530}, {1000, 1500}};
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        assert_true(mpt_mapping_continue(&m, expected[i][0], &dsn));
        assert_int_equal(dsn, expected[i][1]);
    }
    mpt_mapping_clear(&m);
}

static void test_shift__all_runs_and_infinite__moved(void **state)
{
    (void)state;
    mpt_mapping m = {0};
    heard h = {0};
    mpt_mapping_add(&m, 0, 100, 10, 1, NULL, NULL);
    mpt_mapping_add(&m, 10, 300, 10, 1, NULL, NULL);
    mpt_mapping_set_infinite(&m, 20, 400);
    mpt_mapping_shift(&m, -1000);
    mpt_mapping_look(&m, 0, 30, hear, &h);
    assert_int_equal(h.n, 3);
    assert_piece(&h.piece[0], 0, 10, true, -900);
    assert_piece(&h.piece[1], 10, 20, true, -700);
    assert_piece(&h.piece[2], 20, 30, true, -600);
    mpt_mapping_clear(&m);
}

/* ---- hostile patterns */

static void test_add__downwards_each_its_own_delta__run_each(void **state)
{
    (void)state;
    mpt_mapping m = {0};
    for (int64_t i = MANY; i-- > 0;)
        assert_int_equal(mpt_mapping_add(&m, i * 10, i * 25, 10, 1, NULL, NULL), 0);
    assert_int_equal(m.runs.count, MANY);
    assert_true(runs_memory(&m.runs) < (size_t)MANY * 34);
    assert_int_equal(mpt_mapping_add(&m, 0, 0, MANY * 10, 2, NULL, NULL), MANY * 10 - 10);
    assert_int_equal(m.runs.count, MANY);
    mpt_mapping_clear(&m);
}

/* ---- the oracle */

enum { LINE = 300 };

typedef struct cell {
    bool in;
    uint64_t delta; /* DSN - SSN */
    uint32_t frame;
} cell;

typedef struct oracle {
    int64_t base, next;
    cell cell[LINE];
    bool infinite;
    int64_t infinite_ssn;
    uint64_t infinite_delta;
    uint32_t adding; /* frame of the mapping that is added; 0: looking */
    uint64_t adding_delta;
} oracle;

static void judge(const mpt_mapped_piece *piece, void *data)
{
    oracle *o = data;
    assert_true(o->adding ? piece->start >= o->next : piece->start == o->next);
    assert_true(piece->start < piece->end);
    for (int64_t p = o->next; p < piece->start; p++)
        assert_true(o->cell[p - o->base].in);
    for (int64_t p = piece->start; p < piece->end; p++) {
        const cell *c = &o->cell[p - o->base];
        const bool implied = !c->in && o->infinite && p >= o->infinite_ssn;
        const uint64_t delta = o->adding ? o->adding_delta : implied ? o->infinite_delta : c->delta;
        if (o->adding)
            assert_false(c->in);
        assert_int_equal(piece->mapped, o->adding || c->in || implied);
        assert_int_equal(piece->implied, !o->adding && implied);
        if (piece->mapped)
            assert_true((uint64_t)piece->dsn + (uint64_t)(p - piece->start) == delta + (uint64_t)p);
        if (piece->mapped && !piece->implied)
            assert_int_equal(piece->frame, o->adding ? o->adding : c->frame);
    }
    o->next = piece->end;
}

/* The stretch of one delta that begins at i: its end, and its lowest frame for all of it. */
static int stretch(oracle *o, int i)
{
    int end = i;
    uint32_t frame = UINT32_MAX;
    for (; end < LINE && o->cell[end].in && o->cell[end].delta == o->cell[i].delta; end++)
        frame = MIN(frame, o->cell[end].frame);
    for (int k = i; k < end; k++)
        o->cell[k].frame = frame;
    return end;
}

static void check_runs(oracle *o, mpt_mapping *m)
{
    mpt_runs_at at;
    const mpt_run *run = mpt_runs_first(&m->runs, &at);
    for (int i = 0, end; i < LINE; i = end) {
        end = i + 1;
        if (!o->cell[i].in)
            continue;
        end = stretch(o, i);
        assert_non_null(run);
        assert_int_equal(run->start, o->base + i);
        assert_int_equal(run->length, end - i);
        assert_true((uint64_t)run->value == o->cell[i].delta + (uint64_t)run->start);
        assert_int_equal(run->frame, o->cell[i].frame);
        run = mpt_runs_next(&m->runs, &at);
    }
    assert_null(run);
}

static void random_add(GRand *rand, oracle *o, mpt_mapping *m, int from, int to, uint32_t frame)
{
    const uint64_t deltas[] = {0, 1, 1000, (uint64_t)INT64_MAX, (uint64_t)INT64_MIN};
    const uint64_t delta = deltas[below(rand, G_N_ELEMENTS(deltas))];
    uint64_t conflict = 0;
    for (int i = from; i < to; i++)
        conflict += o->cell[i].in && o->cell[i].delta != delta;
    o->adding = frame;
    o->adding_delta = delta;
    const int64_t ssn = o->base + from;
    assert_int_equal(
        mpt_mapping_add(m, ssn, (int64_t)((uint64_t)ssn + delta), (uint32_t)(to - from), frame, judge, o),
        conflict);
    for (int64_t p = o->next; p < o->base + to; p++)
        assert_true(o->cell[p - o->base].in);
    o->adding = 0;
    for (int i = from; i < to; i++)
        if (!o->cell[i].in)
            o->cell[i] = (cell){.in = true, .delta = delta, .frame = frame};
}

static void check_continue(const oracle *o, const mpt_mapping *m, int i)
{
    int64_t dsn = 0;
    const int64_t ssn = o->base + i;
    for (int k = i - 1; k >= 0; k--) {
        if (o->cell[k].in) {
            assert_true(mpt_mapping_continue(m, ssn, &dsn));
            assert_true((uint64_t)dsn == o->cell[k].delta + (uint64_t)ssn);
            return;
        }
    }
    assert_false(mpt_mapping_continue(m, ssn, &dsn));
}

static void shift(GRand *rand, oracle *o, mpt_mapping *m)
{
    const uint64_t by = (uint64_t)below(rand, 2) << 63 | below(rand, 2000);
    mpt_mapping_shift(m, (int64_t)by);
    for (int i = 0; i < LINE; i++)
        o->cell[i].delta += by;
    o->infinite_delta += by;
}

static void against_oracle(GRand *rand, int64_t base, int longest, uint32_t steps)
{
    mpt_mapping m = {0};
    oracle o = {.base = base};
    for (uint32_t step = 1; step <= steps; step++) {
        const int from = (int)below(rand, LINE), length = 1 + (int)below(rand, (guint32)longest);
        const int to = MIN(from + length, LINE);
        o.next = base + from;
        if (below(rand, 3)) {
            random_add(rand, &o, &m, from, to, below(rand, 4) ? step : 1 + below(rand, step));
        } else {
            mpt_mapping_look(&m, o.next, base + to, judge, &o);
            assert_int_equal(o.next, base + to);
        }
        check_continue(&o, &m, (int)below(rand, LINE));
        if (below(rand, 50) == 0)
            shift(rand, &o, &m);
        if (step == steps / 2) {
            o.infinite = true;
            o.infinite_ssn = base + 100;
            o.infinite_delta = 5000;
            mpt_mapping_set_infinite(&m, base + 100, (int64_t)((uint64_t)base + 5100));
        }
        check_runs(&o, &m);
    }
    mpt_mapping_clear(&m);
}

static void test_all__random_work__as_the_array(void **state)
{
    (void)state;
    GRand *rand = seeded();
    const int64_t bases[] = {
        0, -100, TWO_31 - 100, TWO_32 - 100, -TWO_32 - 100, -MPT_RUNS_LIMIT, MPT_RUNS_LIMIT - LINE};
    for (int round = 0; round < 60; round++)
        for (size_t i = 0; i < G_N_ELEMENTS(bases); i++) {
            against_oracle(rand, bases[i], 3, 300);
            against_oracle(rand, bases[i], 40, 60);
        }
    g_rand_free(rand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add__repeated_on_each_segment__told_once),
        cmocka_unit_test(test_add__as_drawn_in_the_header__two_runs),
        cmocka_unit_test(test_add__contradiction__counted_and_first_stays),
        cmocka_unit_test(test_add__gap_filled__one_run_with_lowest_frame),
        cmocka_unit_test(test_add__appended_with_lower_frame__lowest_kept),
        cmocka_unit_test(test_add__across_2_31_and_2_32__one_run),
        cmocka_unit_test(test_add__more_than_4_gib_in_one_piece__exact),
        cmocka_unit_test(test_add__outside_the_domain__nothing),
        cmocka_unit_test(test_look__dsn_wraps_2_64__modular),
        cmocka_unit_test(test_set_infinite__after_a_mapping__fills_the_gaps_from_there),
        cmocka_unit_test(test_continue__at_each_place__nearest_below),
        cmocka_unit_test(test_shift__all_runs_and_infinite__moved),
        cmocka_unit_test(test_add__downwards_each_its_own_delta__run_each),
        cmocka_unit_test(test_all__random_work__as_the_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
