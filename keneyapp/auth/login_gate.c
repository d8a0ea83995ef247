/* SPDX-License-Identifier: Apache-2.0
 *
 * Hashing threads, the attempts they share, and the memory of verified logins: a fixed table of
 * slots indexed by the fingerprint, a newer login taking an older one's place.
 */
#include "keneyapp/auth/login_gate.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/thread.h"

enum {
    REMEMBERED_SLOTS = 8192,
};

struct remembered {
    unsigned char fingerprint[LOGIN_FINGERPRINT_BYTES];
    nsec_t until_ns; /* 0: free */
};

struct login_gate {
    struct login_gate_config config;
    unsigned char key[crypto_generichash_KEYBYTES];
    pthread_mutex_t mutex; /* everything below */
    pthread_cond_t work;
    struct list waiting, running; /* attempts that lead a flight */
    struct list works;            /* struct login_work */
    unsigned queued;              /* works, and leaders and followers that wait for a verdict */
    bool closing, joined;
    uint64_t hashes, hits;
    struct remembered *slots;
    pthread_t *threads;
    unsigned thread_count;
};

/* Lengths go in first, so that no two logins share a text. */
static void fingerprint(const struct login_gate *gate, struct login_attempt *attempt)
{
    struct span parts[] = {attempt->username, attempt->password, span_cstr(attempt->stored_hash)};
    crypto_generichash_state state;
    crypto_generichash_init(&state, gate->key, sizeof(gate->key), LOGIN_FINGERPRINT_BYTES);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        uint64_t len = parts[i].len;
        crypto_generichash_update(&state, (const unsigned char *)&len, sizeof(len));
        if (len)
            crypto_generichash_update(&state, (const unsigned char *)parts[i].ptr, len);
    }
    crypto_generichash_final(&state, attempt->fingerprint, LOGIN_FINGERPRINT_BYTES);
}

static struct remembered *slot_of(struct login_gate *gate, const unsigned char *fingerprint)
{
    uint32_t hash;
    memcpy(&hash, fingerprint, sizeof(hash));
    return &gate->slots[hash % REMEMBERED_SLOTS];
}

static bool same(const unsigned char *a, const unsigned char *b)
{
    return sodium_memcmp(a, b, LOGIN_FINGERPRINT_BYTES) == 0;
}

bool login_gate_remembers(struct login_gate *gate, struct login_attempt *attempt)
{
    fingerprint(gate, attempt);
    if (!gate->config.remember_ns)
        return false;
    pthread_mutex_lock(&gate->mutex);
    const struct remembered *slot = slot_of(gate, attempt->fingerprint);
    bool known = slot->until_ns > clock_now(gate->config.clock) &&
                 same(slot->fingerprint, attempt->fingerprint);
    gate->hits += known;
    pthread_mutex_unlock(&gate->mutex);
    return known;
}

/* Called with the mutex. */
static void remember(struct login_gate *gate, const struct login_attempt *attempt)
{
    if (!gate->config.remember_ns)
        return;
    struct remembered *slot = slot_of(gate, attempt->fingerprint);
    memcpy(slot->fingerprint, attempt->fingerprint, LOGIN_FINGERPRINT_BYTES);
    slot->until_ns = clock_now(gate->config.clock) + gate->config.remember_ns;
}

/* The leader of the flight that `attempt` can join, or NULL. Called with the mutex. */
static struct login_attempt *flight_of(struct list *flights, const struct login_attempt *attempt)
{
    LIST_FOREACH (link, flights) {
        struct login_attempt *leader = CONTAINER_OF(link, struct login_attempt, link);
        if (same(leader->fingerprint, attempt->fingerprint))
            return leader;
    }
    return NULL;
}

bool login_gate_submit(struct login_gate *gate, struct login_attempt *attempt)
{
    list_init(&attempt->followers);
    pthread_mutex_lock(&gate->mutex);
    bool accepted = !gate->closing && gate->queued < LOGIN_QUEUE_MAX;
    if (accepted) {
        struct login_attempt *leader = flight_of(&gate->running, attempt);
        if (!leader)
            leader = flight_of(&gate->waiting, attempt);
        list_push_back(leader ? &leader->followers : &gate->waiting, &attempt->link);
        gate->hits += leader != NULL;
        gate->queued++;
        pthread_cond_signal(&gate->work);
    }
    pthread_mutex_unlock(&gate->mutex);
    return accepted;
}

bool login_gate_run(struct login_gate *gate, struct login_work *work)
{
    pthread_mutex_lock(&gate->mutex);
    bool accepted = !gate->closing && gate->queued < LOGIN_QUEUE_MAX;
    if (accepted) {
        list_push_back(&gate->works, &work->link);
        gate->queued++;
        pthread_cond_signal(&gate->work);
    }
    pthread_mutex_unlock(&gate->mutex);
    return accepted;
}

/* Tells everyone on the flight. The leader goes last: its memory may vanish with its verdict. */
static void land(struct login_attempt *leader, bool verified)
{
    struct list *link;
    while ((link = list_pop_front(&leader->followers))) {
        struct login_attempt *follower = CONTAINER_OF(link, struct login_attempt, link);
        follower->on_verdict(follower, verified);
    }
    leader->on_verdict(leader, verified);
}

/* Takes the mutex, gives it back while it hashes. */
static void fly(struct login_gate *gate, struct login_attempt *leader)
{
    list_push_back(&gate->running, &leader->link);
    pthread_mutex_unlock(&gate->mutex);
    bool verified = gate->config.verify(leader->stored_hash, leader->password);
    pthread_mutex_lock(&gate->mutex);
    if (verified)
        remember(gate, leader);
    list_remove(&leader->link);
    gate->hashes++;
    gate->queued--;
    LIST_FOREACH (link, &leader->followers)
        gate->queued--;
    pthread_mutex_unlock(&gate->mutex);
    land(leader, verified);
    pthread_mutex_lock(&gate->mutex);
}

/* Takes the mutex, gives it back meanwhile. */
static void work_off(struct login_gate *gate, struct login_work *work)
{
    gate->queued--;
    pthread_mutex_unlock(&gate->mutex);
    work->run(work);
    pthread_mutex_lock(&gate->mutex);
}

static void *hash_thread(void *context)
{
    struct login_gate *gate = context;
    pthread_mutex_lock(&gate->mutex);
    for (;;) {
        struct list *work = list_pop_front(&gate->works); /* only known users bring any */
        struct list *link = work ? NULL : list_pop_front(&gate->waiting);
        if (work)
            work_off(gate, CONTAINER_OF(work, struct login_work, link));
        else if (link)
            fly(gate, CONTAINER_OF(link, struct login_attempt, link));
        else if (gate->closing)
            break;
        else
            pthread_cond_wait(&gate->work, &gate->mutex);
    }
    pthread_mutex_unlock(&gate->mutex);
    return NULL;
}

struct login_gate *login_gate_new(const struct login_gate_config *config, struct error *err)
{
    AUTO(login_gate_free) struct login_gate *gate = NEW(struct login_gate);
    gate->config = *config;
    randombytes_buf(gate->key, sizeof(gate->key));
    pthread_mutex_init(&gate->mutex, NULL);
    pthread_cond_init(&gate->work, NULL);
    list_init(&gate->waiting);
    list_init(&gate->running);
    list_init(&gate->works);
    gate->slots = NEW_ARRAY(struct remembered, REMEMBERED_SLOTS);
    gate->threads = NEW_ARRAY(pthread_t, config->threads);
    for (; gate->thread_count < config->threads; gate->thread_count++)
        if (thread_start(&gate->threads[gate->thread_count], hash_thread, gate, "a hashing thread",
                         err) != 0)
            return NULL;
    return TAKE(gate);
}

void login_gate_close(struct login_gate *gate)
{
    pthread_mutex_lock(&gate->mutex);
    gate->closing = true;
    pthread_cond_broadcast(&gate->work);
    pthread_mutex_unlock(&gate->mutex);
    for (unsigned i = 0; i < gate->thread_count && !gate->joined; i++)
        pthread_join(gate->threads[i], NULL);
    gate->joined = true;
}

void login_gate_free(struct login_gate **gate)
{
    struct login_gate *g = TAKE(*gate);
    if (!g)
        return;
    login_gate_close(g);
    pthread_mutex_destroy(&g->mutex);
    pthread_cond_destroy(&g->work);
    sodium_memzero(g->key, sizeof(g->key));
    free(g->slots);
    free(g->threads);
    free(g);
}

static uint64_t read_count(struct login_gate *gate, const uint64_t *count)
{
    pthread_mutex_lock(&gate->mutex);
    uint64_t value = *count;
    pthread_mutex_unlock(&gate->mutex);
    return value;
}

uint64_t login_gate_hashes(struct login_gate *gate)
{
    return read_count(gate, &gate->hashes);
}

uint64_t login_gate_hits(struct login_gate *gate)
{
    return read_count(gate, &gate->hits);
}
