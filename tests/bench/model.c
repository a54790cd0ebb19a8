/* model.c - sets the simulation up, and runs it.
 *
 * Invariant: all that is random comes from one generator with the seed of the settings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "model.h"

#include <math.h>
#include <string.h>

#include "hosts.h"
#include "packet.h"
#include "queue.h"
#include "wire.h"

#define EPOCH_NS             (INT64_C(1700000000) * 1000 * GEN_MSEC)
#define START_SEGMENTS_PER_S 20000.0 /* of all connections together, so that most do not overlap */

/* Ports without a dissector, so that what is measured is TCP. */
enum { SERVER_PORT = 40404, CLIENT_PORT = 50000, CLIENT_PORTS = 5000 };
enum { MAX_SUBFLOWS = 32, MAX_CONNECTIONS = 65535 };

void gen_model_run(gen_model *m)
{
    gen_event event;

    while (gen_queue_take(m->queue, &event)) {
        m->now = event.time_ns;
        gen_hosts_handle(m, &event);
    }
}

static void init_subflow(gen_model *m, gen_connection *c, unsigned k)
{
    gen_subflow *s = &c->subflows[k];

    /* 10.(k+1).0.0/16 of clients, one address for each connection; a server of RFC 5737. */
    s->address[GEN_CLIENT] = (10u << 24) + ((k + 1) << 16) + c->id + 1;
    s->address[GEN_SERVER] = 0xc0000201;
    s->port[GEN_CLIENT] = (uint16_t)(CLIENT_PORT + (c->id * 7 + k * 131) % CLIENT_PORTS);
    s->port[GEN_SERVER] = SERVER_PORT;
    s->delay_ns = (10 + 5 * (int64_t)(k % 4)) * GEN_MSEC;
    for (gen_host h = GEN_CLIENT; h < GEN_HOSTS; h++) {
        s->end[h].isn = g_rand_int(m->rand);
        s->end[h].nonce = g_rand_int(m->rand);
        s->end[h].arrived = g_array_new(FALSE, FALSE, sizeof(gen_run));
        s->end[h].held = g_array_new(FALSE, FALSE, sizeof(gen_held));
        for (gen_host v = GEN_CLIENT; v < GEN_HOSTS; v++)
            gen_bytes_init(&s->bytes[v][h]);
    }
}

static void init_connection(gen_model *m, unsigned id)
{
    gen_connection *c = &m->connections[id];

    c->id = id;
    c->plain = (int)((id + 1) * m->settings.plain / 100) != (int)(id * m->settings.plain / 100);
    c->sender = id % 2 == 0 ? GEN_CLIENT : GEN_SERVER;
    c->n_subflows = c->plain ? 1 : (unsigned)m->settings.subflows;
    c->subflows = g_new0(gen_subflow, c->n_subflows);
    c->budget = m->settings.segments / m->settings.connections;
    for (unsigned k = 0; k < c->n_subflows; k++)
        init_subflow(m, c, k);
    for (gen_host h = GEN_CLIENT; h < GEN_HOSTS; h++) {
        c->key[h] = (uint64_t)g_rand_int(m->rand) << 32 | g_rand_int(m->rand);
        gen_key_derive(c->key[h], &c->token[h], &c->idsn[h]);
        c->dsn_next[h] = 1;
        c->dsn_arrived[h] = g_array_new(FALSE, FALSE, sizeof(gen_run));
        for (gen_host v = GEN_CLIENT; v < GEN_HOSTS; v++)
            gen_data_level_init(&c->level[v][h]);
    }
}

gen_model *gen_model_new(const gen_settings *settings)
{
    gen_model *m;
    double gap_ns;

    if (settings->connections < 1 || settings->connections > MAX_CONNECTIONS || settings->subflows < 1 ||
        settings->subflows > MAX_SUBFLOWS || settings->switch_after < 1 || settings->reinject < 0 ||
        settings->reinject > 50 || settings->loss < 0 || settings->loss > 50 || settings->plain < 0 ||
        settings->plain > 100 || settings->segments / settings->connections < 10 + 12 * settings->subflows)
        return NULL;
    m = g_new0(gen_model, 1);
    m->settings = *settings;
    m->rand = g_rand_new_with_seed((guint32)settings->seed);
    m->queue = gen_queue_new();
    m->payload = g_malloc(GEN_PAYLOAD_PERIOD + GEN_MSS);
    for (unsigned k = 0; k < GEN_PAYLOAD_PERIOD; k++)
        m->payload[k] = (uint8_t)g_rand_int(m->rand);
    memcpy(m->payload + GEN_PAYLOAD_PERIOD, m->payload, GEN_MSS);
    m->connections = g_new0(gen_connection, settings->connections);
    gap_ns = 1e9 * (double)settings->segments / settings->connections / START_SEGMENTS_PER_S;
    for (int k = 0; k < settings->connections; k++) {
        init_connection(m, (unsigned)k);
        gen_queue_put(m->queue, (gen_event){.time_ns = EPOCH_NS + llround(k * gap_ns),
                                            .kind = GEN_EVENT_START,
                                            .subject = &m->connections[k]});
    }
    return m;
}

static void clear_connection(gen_connection *c)
{
    for (gen_host h = GEN_CLIENT; h < GEN_HOSTS; h++) {
        g_array_unref(c->dsn_arrived[h]);
        for (gen_host v = GEN_CLIENT; v < GEN_HOSTS; v++)
            gen_data_level_clear(&c->level[v][h]);
        for (unsigned k = 0; k < c->n_subflows; k++) {
            g_array_unref(c->subflows[k].end[h].arrived);
            g_array_unref(c->subflows[k].end[h].held);
            for (gen_host v = GEN_CLIENT; v < GEN_HOSTS; v++)
                gen_bytes_clear(&c->subflows[k].bytes[v][h]);
        }
    }
    g_free(c->subflows);
}

void gen_model_free(gen_model *m)
{
    if (m == NULL)
        return;
    for (int k = 0; k < m->settings.connections; k++)
        clear_connection(&m->connections[k]);
    gen_queue_free(m->queue);
    g_rand_free(m->rand);
    g_free(m->payload);
    g_free(m->connections);
    g_free(m);
}
