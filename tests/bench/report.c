/* report.c - what a generated capture holds, as JSON in the names of the plugin's own reports.
 *
 * Invariant: no text in it needs escaping; it is all made of numbers and fixed words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report.h"

#include <inttypes.h>

static const char *const names[GEN_HOSTS] = {[GEN_CLIENT] = "client", [GEN_SERVER] = "server"};
static const char *const directions[GEN_HOSTS] = {[GEN_CLIENT] = "c2s", [GEN_SERVER] = "s2c"};

static void write_bytes(FILE *out, const gen_bytes *b)
{
    fprintf(out,
            "\"payload_bytes\": %" PRIu64 ", \"retrans_bytes\": %" PRIu64 ", \"unique_bytes\": %" PRIu64
            ", \"first_bytes\": %" PRIu64 ", \"reinjected_bytes\": %" PRIu64
            ", \"reinjected_same_bytes\": %" PRIu64 ", \"unmapped_bytes\": 0, \"fallback_bytes\": 0",
            b->payload, b->retrans, b->payload - b->retrans, b->first, b->reinjected, b->reinjected_same);
}

static gen_bytes connection_bytes(const gen_connection *c, gen_host vantage, gen_host from)
{
    gen_bytes sum = {0};

    for (unsigned k = 0; k < c->n_subflows; k++)
        gen_bytes_add(&sum, &c->subflows[k].bytes[vantage][from]);
    return sum;
}

void gen_report_sums(FILE *out, const gen_model *model, gen_host vantage)
{
    const gen_settings *s = &model->settings;
    gen_bytes sum = {0};
    unsigned plain = 0, subflows = 0;

    for (int k = 0; k < s->connections; k++) {
        const gen_connection *c = &model->connections[k];
        plain += c->plain;
        subflows += c->plain ? 0 : c->n_subflows;
        for (gen_host h = GEN_CLIENT; h < GEN_HOSTS; h++) {
            const gen_bytes bytes = connection_bytes(c, vantage, h);
            gen_bytes_add(&sum, &bytes);
        }
    }
    fprintf(out,
            "{\"vantage\": \"%s\", \"seed\": %" PRId64 ", \"segments\": %" PRIu64
            ", \"connections\": %u, \"subflows\": %u, \"tcp_without_mptcp\": %u, ",
            names[vantage], s->seed, model->segments[vantage], (unsigned)s->connections - plain, subflows,
            plain);
    write_bytes(out, &sum);
    fputs("}\n", out);
}

static void write_data_level(FILE *out, const gen_data_level *level)
{
    const GArray *seen = level->dsn_seen;
    uint64_t unique = 0, first = 0, end = 0;

    for (unsigned r = 0; r < seen->len; r++)
        unique += g_array_index(seen, gen_run, r).end - g_array_index(seen, gen_run, r).start;
    if (seen->len != 0) {
        first = g_array_index(seen, gen_run, 0).start;
        end = g_array_index(seen, gen_run, seen->len - 1).end;
    }
    fprintf(out,
            ", \"dsn_unique_bytes\": %" PRIu64 ", \"dsn_gap_bytes\": %" PRIu64
            ", \"data_ack\": {\"count\": %" PRIu64 ", \"max\": %" PRIu64 "}",
            unique, end - first - unique, level->ack_count, level->ack_max);
    if (seen->len != 0)
        fprintf(out, ", \"dsn_first\": %" PRIu64 ", \"dsn_end\": %" PRIu64, first, end);
    else
        fputs(", \"dsn_first\": null, \"dsn_end\": null", out);
}

static void write_endpoint(FILE *out, const gen_subflow *s, gen_host host)
{
    const uint32_t a = s->address[host];

    fprintf(out, "\"address\": \"%u.%u.%u.%u\", \"port\": %u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255,
            s->port[host]);
}

static void write_subflow(FILE *out, const gen_connection *c, unsigned k, gen_host vantage)
{
    const gen_subflow *s = &c->subflows[k];

    fprintf(out, "   {\"kind\": \"%s\", \"initiator\": \"client\", \"packets\": %" PRIu64,
            k == 0 ? "capable" : "join",
            s->bytes[vantage][GEN_CLIENT].packets + s->bytes[vantage][GEN_SERVER].packets);
    fprintf(out, ", \"address_ids\": {\"client\": %u, \"server\": 0}", k);
    for (gen_host h = GEN_CLIENT; h < GEN_HOSTS; h++) {
        fprintf(out, ",\n    \"%s\": {", names[h]);
        write_endpoint(out, s, h);
        fprintf(out, "}, \"%s\": {", directions[h]);
        write_bytes(out, &s->bytes[vantage][h]);
        fputc('}', out);
    }
    if (k > 0)
        fprintf(out,
                ",\n    \"join\": {\"token\": \"%08" PRIx32 "\", \"established\": true, "
                "\"synack_hmac\": \"ok\", \"ack_hmac\": \"ok\"}",
                c->token[GEN_SERVER]);
    fputc('}', out);
}

static void write_connection(FILE *out, const gen_connection *c, gen_host vantage)
{
    fputs(" {\"kind\": \"mptcp\", \"version\": 1, \"fallback\": null, \"checksum_required\": false", out);
    for (gen_host h = GEN_CLIENT; h < GEN_HOSTS; h++) {
        const gen_bytes bytes = connection_bytes(c, vantage, h);
        fprintf(out, ",\n  \"%s\": {", names[h]);
        write_endpoint(out, &c->subflows[0], h);
        fprintf(out,
                ", \"key\": \"%016" PRIx64 "\", \"token\": \"%08" PRIx32 "\", \"idsn\": \"%" PRIu64 "\"}",
                c->key[h], c->token[h], c->idsn[h]);
        fprintf(out, ",\n  \"%s\": {", directions[h]);
        write_bytes(out, &bytes);
        write_data_level(out, &c->level[vantage][h]);
        fputc('}', out);
    }
    fputs(",\n  \"events\": {}, \"subflows\": [\n", out);
    for (unsigned k = 0; k < c->n_subflows; k++) {
        write_subflow(out, c, k, vantage);
        fputs(k + 1 < c->n_subflows ? ",\n" : "\n", out);
    }
    fputs("  ]}", out);
}

void gen_report_expected(FILE *out, const gen_model *model, gen_host vantage)
{
    unsigned plain = 0;
    const char *separator = "\n";

    fputs("{\"connections\": [", out);
    for (int k = 0; k < model->settings.connections; k++) {
        const gen_connection *c = &model->connections[k];
        plain += c->plain;
        if (c->plain)
            continue;
        fputs(separator, out);
        write_connection(out, c, vantage);
        separator = ",\n";
    }
    fprintf(out, "\n], \"tcp_without_mptcp\": %u}\n", plain);
}
