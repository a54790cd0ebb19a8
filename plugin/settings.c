/* settings.c - see settings.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "settings.h"

#include <string.h>

#include "tap/engine/protocol/keylist.h"

mpt_settings mpt_settings_now = {
    .lookback_ms = 2000,
    .lookback_segments = 50000,
    .keys = "",
    .at = "",
    .client = "",
    .server = "",
};

static GArray *key_list; /* mpt_key_pair */
static mpt_vantage_request vantage;

void mpt_settings_init(void)
{
    mpt_engine_config usual;

    mpt_engine_config_default(&usual);
    mpt_settings_now.limit_connections = usual.max_connections;
    mpt_settings_now.limit_flows = usual.max_flows;
    mpt_settings_now.limit_one_sided = usual.max_one_sided;
    mpt_settings_now.limit_events = usual.max_events;
    mpt_settings_now.limit_memory_mb = (unsigned)(usual.max_state / 1000000);
}

void mpt_settings_changed(void (*complain)(const char *setting, const char *error))
{
    char *error = NULL;

    if (key_list)
        g_array_unref(key_list);
    key_list = mpt_keylist_parse(mpt_settings_now.keys, &error);
    if (error)
        complain("preference mptcpscope.keys", error);
    g_clear_pointer(&error, g_free);
    mpt_vantage_request_clear(&vantage);
    mpt_vantage_request_parse(&vantage, mpt_settings_now.at, mpt_settings_now.client, mpt_settings_now.server,
                              &error);
    if (error)
        complain("preferences mptcpscope.at, .client and .server", error);
    g_free(error);
}

static unsigned *number_of(const char *name)
{
    const struct {
        const char *name;
        unsigned *number;
    } numbers[] = {
        {"lookback_ms", &mpt_settings_now.lookback_ms},
        {"lookback_segments", &mpt_settings_now.lookback_segments},
        {"limit_connections", &mpt_settings_now.limit_connections},
        {"limit_flows", &mpt_settings_now.limit_flows},
        {"limit_one_sided", &mpt_settings_now.limit_one_sided},
        {"limit_events", &mpt_settings_now.limit_events},
        {"limit_memory_mb", &mpt_settings_now.limit_memory_mb},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(numbers); i++)
        if (!strcmp(numbers[i].name, name))
            return numbers[i].number;
    return NULL;
}

static const char **text_of(const char *name)
{
    const struct {
        const char *name, **text;
    } texts[] = {
        {"keys", &mpt_settings_now.keys},
        {"at", &mpt_settings_now.at},
        {"client", &mpt_settings_now.client},
        {"server", &mpt_settings_now.server},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        if (!strcmp(texts[i].name, name))
            return texts[i].text;
    return NULL;
}

bool mpt_settings_set(const char *name, const char *value, bool *wrong_value)
{
    unsigned *number = number_of(name);
    const char **text = text_of(name);
    guint64 wide;

    *wrong_value = false;
    if (text)
        *text = value;
    if (!number)
        return text != NULL;
    *wrong_value = !g_ascii_string_to_unsigned(value, 10, 0, UINT32_MAX, &wide, NULL);
    if (!*wrong_value)
        *number = (unsigned)wide;
    return !*wrong_value;
}

void mpt_settings_engine_config(mpt_engine_config *config)
{
    const mpt_settings *now = &mpt_settings_now;

    mpt_engine_config_default(config);
    config->horizon_ns = (int64_t)now->lookback_ms * 1000000;
    config->horizon_segments = now->lookback_segments;
    config->keys = key_list;
    if (now->limit_connections)
        config->max_connections = now->limit_connections;
    if (now->limit_flows)
        config->max_flows = now->limit_flows;
    if (now->limit_one_sided)
        config->max_one_sided = now->limit_one_sided;
    if (now->limit_events)
        config->max_events = now->limit_events;
    if (now->limit_memory_mb)
        config->max_state = (size_t)now->limit_memory_mb * 1000000;
}

const mpt_vantage_request *mpt_settings_vantage(void)
{
    return &vantage;
}

void mpt_settings_forget(void)
{
    mpt_vantage_request_clear(&vantage);
    g_clear_pointer(&key_list, g_array_unref);
}
