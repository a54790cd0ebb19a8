/* generate.c - writes captures of MPTCP v1 for the benchmark, and what they hold.
 *
 * Invariant: the same options give the same bytes; the seed has a default and is printed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <glib.h>

#include "model.h"
#include "report.h"

typedef struct options {
    gen_settings settings;
    gint snaplen, disorder_ms;
    gchar *paths[GEN_HOSTS], *expected[GEN_HOSTS];
} options;

static bool parse(options *o, int argc, char **argv)
{
    gen_settings *s = &o->settings;
    const GOptionEntry entries[] = {
        {"segments", 0, 0, G_OPTION_ARG_INT64, &s->segments, "TCP segments at the client, about", "N"},
        {"connections", 0, 0, G_OPTION_ARG_INT, &s->connections, "connections that share them", "N"},
        {"subflows", 0, 0, G_OPTION_ARG_INT, &s->subflows, "subflows of each connection", "N"},
        {"switch", 0, 0, G_OPTION_ARG_INT, &s->switch_after, "segments before the next subflow's turn", "R"},
        {"reinject", 0, 0, G_OPTION_ARG_DOUBLE, &s->reinject, "data sent again, 0 to 50", "PERCENT"},
        {"loss", 0, 0, G_OPTION_ARG_DOUBLE, &s->loss, "data segments that are lost, 0 to 50", "PERCENT"},
        {"redundant", 0, 0, G_OPTION_ARG_NONE, &s->redundant, "send all data on all subflows", NULL},
        {"plain", 0, 0, G_OPTION_ARG_DOUBLE, &s->plain, "connections that are plain TCP", "PERCENT"},
        {"seed", 0, 0, G_OPTION_ARG_INT64, &s->seed, "seed of all that is random", "N"},
        {"snaplen", 0, 0, G_OPTION_ARG_INT, &o->snaplen, "bytes captured of each frame; 0: all", "N"},
        {"disorder", 0, 0, G_OPTION_ARG_INT, &o->disorder_ms, "odd subflows are written that late", "MS"},
        {"server", 0, 0, G_OPTION_ARG_FILENAME, &o->paths[GEN_SERVER], "the server's capture, too", "FILE"},
        {"expected", 0, 0, G_OPTION_ARG_FILENAME, &o->expected[GEN_CLIENT], "what is in it, as JSON", "FILE"},
        {"server-expected", 0, 0, G_OPTION_ARG_FILENAME, &o->expected[GEN_SERVER], "the server's", "FILE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    GOptionContext *context = g_option_context_new("FILE - write a capture of MPTCP v1");
    GError *error = NULL;
    bool ok;

    g_option_context_add_main_entries(context, entries, NULL);
    ok = g_option_context_parse(context, &argc, &argv, &error);
    if (!ok)
        fprintf(stderr, "mptbench_generate: %s\n", error->message);
    else if (argc != 2)
        fprintf(stderr, "mptbench_generate: one file to write is needed; --help lists the options\n");
    else if (o->expected[GEN_SERVER] != NULL && o->paths[GEN_SERVER] == NULL)
        fprintf(stderr, "mptbench_generate: --server-expected needs --server\n");
    else
        o->paths[GEN_CLIENT] = g_strdup(argv[1]);
    g_clear_error(&error);
    g_option_context_free(context);
    return o->paths[GEN_CLIENT] != NULL;
}

static bool write_expected(const options *o, const gen_model *model)
{
    for (gen_host h = GEN_CLIENT; h < GEN_HOSTS; h++) {
        FILE *out;
        bool complete;

        if (o->expected[h] == NULL)
            continue;
        out = fopen(o->expected[h], "w");
        if (out == NULL) {
            fprintf(stderr, "mptbench_generate: %s: %s\n", o->expected[h], g_strerror(errno));
            return false;
        }
        gen_report_expected(out, model, h);
        complete = ferror(out) == 0;
        if (fclose(out) != 0 || !complete) {
            fprintf(stderr, "mptbench_generate: %s: not complete\n", o->expected[h]);
            return false;
        }
    }
    return true;
}

static bool open_captures(const options *o, gen_model *model)
{
    for (gen_host h = GEN_CLIENT; h < GEN_HOSTS; h++) {
        if (o->paths[h] == NULL)
            continue;
        model->captures[h] =
            gen_pcap_new(o->paths[h], (uint32_t)o->snaplen, o->disorder_ms * INT64_C(1000000));
        if (model->captures[h] == NULL) {
            fprintf(stderr, "mptbench_generate: %s: %s\n", o->paths[h], g_strerror(errno));
            return false;
        }
    }
    return true;
}

static bool close_captures(const options *o, gen_model *model)
{
    bool ok = true;

    for (gen_host h = GEN_CLIENT; h < GEN_HOSTS; h++) {
        if (model->captures[h] == NULL)
            continue;
        if (!gen_pcap_close(model->captures[h])) {
            fprintf(stderr, "mptbench_generate: %s: not complete\n", o->paths[h]);
            ok = false;
        }
        model->captures[h] = NULL;
    }
    return ok;
}

static bool generate(const options *o)
{
    gen_model *model = gen_model_new(&o->settings);
    bool ok;

    if (model == NULL) {
        fprintf(stderr, "mptbench_generate: an option is out of range: 1 to 65535 connections, 1 to 32\n"
                        "  subflows, switch from 1, percentages of 0 to 50 (plain: 100), segments of each\n"
                        "  connection from 10 + 12 * subflows\n");
        return false;
    }
    ok = open_captures(o, model);
    if (ok)
        gen_model_run(model);
    for (gen_host h = GEN_CLIENT; ok && h < GEN_HOSTS; h++)
        if (model->captures[h] != NULL)
            gen_report_sums(stdout, model, h);
    ok = ok && write_expected(o, model);
    ok = close_captures(o, model) && ok;
    gen_model_free(model);
    return ok;
}

int main(int argc, char **argv)
{
    options o = {.settings = {.segments = 100000,
                              .connections = 1,
                              .subflows = 2,
                              .switch_after = 40,
                              .reinject = 1,
                              .loss = 0.2,
                              .seed = 8684}};
    const bool ok = parse(&o, argc, argv) && generate(&o);

    for (gen_host h = GEN_CLIENT; h < GEN_HOSTS; h++) {
        g_free(o.paths[h]);
        g_free(o.expected[h]);
    }
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
