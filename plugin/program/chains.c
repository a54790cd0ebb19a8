/* chains.c - which of several files are pieces of one capture: see input_internal.h.
 *
 * Pieces have the same interfaces and follow one another in time. Whether a file ends before the next one begins is
 * known only when it has been read, so they are read as pieces until they overlap.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "input_internal.h"

/* --- how alike two files are --- */

static void append_interfaces(GString *out, wtap *file)
{
    wtapng_iface_descriptions_t *all = wtap_file_get_idb_info(file);

    for (guint i = 0; i < all->interface_data->len; i++) {
        wtap_block_t block = g_array_index(all->interface_data, wtap_block_t, i);
        const wtapng_if_descr_mandatory_t *m = wtap_block_get_mandatory_data(block);
        char *name = NULL;

        bool named = wtap_block_get_string_option_value(block, OPT_IDB_NAME, &name) == WTAP_OPTTYPE_SUCCESS;

        g_string_append_printf(out, "%d %s\n", m->wtap_encap, named ? name : "");
    }
    g_free(all);
}

/* The name without what a rotation adds: "capture_00001_20261128063000.pcapng", "capture.pcap3". */
static void append_name(GString *out, const char *path)
{
    char *copy = g_strdup(path), *end = strrchr(copy, '.');

    if (end && !strchr(end, '/'))
        *end = '\0';
    end = copy + strlen(copy);
    while (end > copy && (g_ascii_isdigit(end[-1]) || strchr("_-.", end[-1])))
        end--;
    *end = '\0';
    g_string_append(out, copy);
    g_free(copy);
}

static char *likeness_of(const mpt_input *input, unsigned i)
{
    const mpt_piece *p = &input->pieces[i];
    GString *out = g_string_new(NULL);

    if (input->files == MPT_FILES_POINTS || input->likeness == MPT_LIKE_NOTHING || !strcmp(p->path, "-")) {
        g_string_append_printf(out, "%u", i);
        return g_string_free(out, FALSE);
    }
    append_interfaces(out, p->file);
    if (input->likeness == MPT_LIKE_NAMES)
        append_name(out, p->path);
    return g_string_free(out, FALSE);
}

/* --- chains --- */

static guint interfaces_of(const mpt_piece *p)
{
    wtapng_iface_descriptions_t *all = wtap_file_get_idb_info(p->file);
    guint n = all->interface_data->len;

    g_free(all);
    return n;
}

/* A capture of several interfaces may have its frames out of order by this. */
#define DISORDER_NS INT64_C(2000000000)

/* Into the chain, by time; of two that begin at about the same time in the order in which they were given. */
static void insert(mpt_chain *c, mpt_piece *p)
{
    mpt_piece **at = &c->first;

    while (*at && (*at)->first_ns - DISORDER_NS <= p->first_ns)
        at = &(*at)->next;
    p->next = *at;
    *at = p;
    c->now = c->first;
}

static mpt_chain *chain_like(mpt_input *input, const char *likeness)
{
    unsigned i = 0;

    while (i < input->chain_count && strcmp(input->chains[i].first->likeness, likeness) != 0)
        i++;
    input->chain_count += i == input->chain_count;
    return &input->chains[i];
}

void mpt_chains_make(mpt_input *input)
{
    uint32_t id = 0;

    g_free(input->chains);
    input->chains = g_new0(mpt_chain, input->count);
    input->chain_count = 0;
    for (unsigned i = 0; i < input->count; i++) {
        mpt_piece *p = &input->pieces[i];

        g_free(p->likeness);
        p->likeness = likeness_of(input, i);
        insert(chain_like(input, p->likeness), p);
    }
    for (unsigned i = 0; i < input->chain_count; i++) {
        input->chains[i].first_id = id;
        id += interfaces_of(input->chains[i].first);
    }
}

/* A rotation may leave some frames of several interfaces out of order. */
#define BEYOND_FIRST 256 /* of one file, before its end */

void mpt_chains_note(mpt_input *input, mpt_piece *p, int64_t time_ns)
{
    p->frames++;
    if (!p->next || input->files != MPT_FILES_GUESS || time_ns <= p->next->first_ns)
        return;
    p->beyond++;
    if (p->beyond >= BEYOND_FIRST && p->beyond * MPT_BEYOND_PART > p->frames)
        input->mistaken = true;
}

/* --- what was decided --- */

bool mpt_input_guesses(const mpt_input *input)
{
    return input->files == MPT_FILES_GUESS && input->chain_count < input->count;
}

void mpt_input_explain(const mpt_input *input, GString *sentence)
{
    if (input->files != MPT_FILES_GUESS || input->count < 2)
        return;
    if (input->chain_count == 1)
        g_string_append_printf(
            sentence,
            "the %u files are read as pieces of one capture: they have the same interfaces, and "
            "follow one another (--points: each is a vantage point)",
            input->count);
    else if (input->chain_count < input->count)
        g_string_append_printf(
            sentence,
            "the %u files are read as pieces of %u captures: those with the same interfaces "
            "follow one another (--points: each is a vantage point)",
            input->count, input->chain_count);
    else if (input->likeness != MPT_LIKE_INTERFACES)
        g_string_append_printf(
            sentence,
            "the %u files are read as %u vantage points: they have the same interfaces, but "
            "overlap in time (--pieces: they are one capture)",
            input->count, input->count);
}
