/* SPDX-License-Identifier: Apache-2.0
 *
 * Streams over real sockets: socket pairs, and TCP on the loopback with ports from the kernel.
 * Turns wait for events; nothing sleeps for a given time.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/util.h"
#include "loop/io.h"
#include "loop/loop.h"
#include "support/test.h"
#include "support/test_poller.h"

enum {
    MEBIBYTE = 1024 * 1024
};

struct peer {
    struct io io;
    struct loop *loop;
    int other_fd; /* the test's own end */
    int connects, connect_error;
    int recvs, ends, writables;
    ssize_t end; /* 0 or -errno */
    size_t bytes;
    char last[64];
    void (*on_bytes)(struct peer *peer);
    struct peer *victim;
};

static void on_connect(struct io *io, int error)
{
    struct peer *peer = CONTAINER_OF(io, struct peer, io);
    peer->connects++;
    peer->connect_error = error;
}

static void on_recv(struct io *io, const char *bytes, ssize_t len)
{
    struct peer *peer = CONTAINER_OF(io, struct peer, io);
    assert_int_equal(peer->ends, 0);
    if (len <= 0) {
        peer->ends++;
        peer->end = len;
        return;
    }
    peer->recvs++;
    peer->bytes += (size_t)len;
    memset(peer->last, 0, sizeof peer->last);
    memcpy(peer->last, bytes, MIN_OF((size_t)len, sizeof peer->last - 1));
    if (peer->on_bytes)
        peer->on_bytes(peer);
}

static void on_writable(struct io *io)
{
    CONTAINER_OF(io, struct peer, io)->writables++;
}

static const struct io_ops ops = {on_connect, on_recv, on_writable};

static int set_up(void **state)
{
    *state = test_loop_new(clock_monotonic());
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    loop_free((struct loop **)state);
    return 0;
}

/* A listening socket (or, without backlog, a bound one that refuses) and its address. */
static int listen_loopback(struct sockaddr_in *ret_address, bool accepting)
{
    socklen_t len = sizeof *ret_address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    *ret_address = (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    assert_int_equal(bind(fd, (struct sockaddr *)ret_address, len), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)ret_address, &len), 0);
    if (accepting)
        assert_int_equal(listen(fd, 16), 0);
    return fd;
}

/* What pairs are made of: the pollers treat TCP and Unix sockets differently. */
static bool pairs_are_tcp;

static void tcp_pair(int fds[2])
{
    struct sockaddr_in address;
    int listener = listen_loopback(&address, true);
    fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fds[0], (struct sockaddr *)&address, sizeof address), 0);
    fds[1] = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    assert_true(fds[1] >= 0);
    assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    close(listener);
}

static void make_pair(int fds[2])
{
    if (pairs_are_tcp)
        tcp_pair(fds);
    else
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds),
                         0);
}

static void pair_up(struct peer *peer, struct loop *loop)
{
    int fds[2];
    *peer = (struct peer){.loop = loop};
    make_pair(fds);
    assert_int_equal(io_attach(&peer->io, loop, &ops, fds[0]), 0);
    peer->other_fd = fds[1];
}

static void unpair(struct peer *peer)
{
    io_close(&peer->io);
    io_close(&peer->io);
    assert_int_equal(peer->io.fd, -1);
    if (peer->other_fd >= 0)
        close(peer->other_fd);
}

static void say(struct peer *peer, const char *text)
{
    assert_int_equal(write(peer->other_fd, text, strlen(text)), strlen(text));
}

static void hang_up(struct peer *peer)
{
    close(peer->other_fd);
    peer->other_fd = -1;
}

static void start_tcp(struct peer *peer, struct loop *loop, const struct sockaddr_in *address)
{
    *peer = (struct peer){.loop = loop, .other_fd = -1};
    assert_int_equal(io_connect(&peer->io, loop, &ops,
                                &(struct io_route){.peer = (const struct sockaddr *)address,
                                                   .peer_len = sizeof *address}),
                     0);
    assert_int_equal(peer->connects, 0);
}

static void receives_bytes_and_end(void **state)
{
    struct peer a;
    pair_up(&a, *state);
    loop_turn(*state, 0);
    assert_int_equal(a.recvs, 0);
    say(&a, "one");
    loop_turn(*state, NSEC_NEVER);
    assert_string_equal(a.last, "one");
    say(&a, "two");
    hang_up(&a);
    while (a.ends == 0)
        loop_turn(*state, NSEC_NEVER);
    assert_string_equal(a.last, "two");
    assert_int_equal(a.end, 0);
    loop_turn(*state, 0);
    assert_int_equal(a.ends, 1);
    assert_int_equal(a.recvs, 2);
    unpair(&a);
}

static void reads_bytes_that_came_before_attaching(void **state)
{
    int fds[2];
    struct peer a = {.loop = *state};
    make_pair(fds);
    a.other_fd = fds[1];
    say(&a, "early");
    hang_up(&a);
    assert_int_equal(io_attach(&a.io, *state, &ops, fds[0]), 0);
    while (a.ends == 0)
        loop_turn(*state, NSEC_NEVER);
    assert_string_equal(a.last, "early");
    unpair(&a);
}

static void attaching_a_bad_descriptor_fails(void **state)
{
    struct io io;
    assert_int_equal(io_attach(&io, *state, &ops, -1), -EBADF);
}

/* A fast peer gets a bounded share of a turn; nothing of the rest is forgotten. */
static void shares_turns_fairly(void **state)
{
    struct peer fast, slow;
    pair_up(&fast, *state);
    pair_up(&slow, *state);
    setsockopt(fast.other_fd, SOL_SOCKET, SO_SNDBUF, &(int){MEBIBYTE}, sizeof(int));
    char *block = mem_new(1, MEBIBYTE);
    size_t written = 0;
    ssize_t len;
    while ((len = write(fast.other_fd, block, 16 * 1024)) > 0)
        written += (size_t)len;
    say(&slow, "hello");

    loop_turn(*state, NSEC_NEVER);
    assert_in_range(fast.recvs, 1, 32);
    assert_true(fast.bytes <= 512 * 1024);
    loop_turn(*state, NSEC_NEVER);
    assert_string_equal(slow.last, "hello");
    while (fast.bytes < written)
        loop_turn(*state, NSEC_NEVER);
    assert_int_equal(fast.bytes, written);
    free(block);
    unpair(&fast);
    unpair(&slow);
}

static void six_more(struct peer *peer)
{
    if (peer->recvs <= 6)
        say(peer, "more");
}

/* What comes while a drained socket is read is found by the same turn, up to that turn's share. */
static void drained_sockets_are_read_until_empty(void **state)
{
    struct peer a;
    int turns = 0;
    pair_up(&a, *state);
    io_drain(&a.io);
    a.on_bytes = six_more;
    say(&a, "one");
    for (; a.recvs < 7; turns++)
        loop_turn(*state, NSEC_NEVER);
    if (loop_poller(*state) == POLLER_EPOLL)
        assert_int_equal(turns, 2);
    loop_turn(*state, 0);
    assert_int_equal(a.recvs, 7);
    hang_up(&a);
    while (a.ends == 0)
        loop_turn(*state, NSEC_NEVER);
    assert_int_equal(a.end, 0);
    unpair(&a);
}

static void pause_on_bytes(struct peer *peer)
{
    io_pause(&peer->io);
}

static void pausing_loses_nothing(void **state)
{
    struct peer a;
    pair_up(&a, *state);
    io_pause(&a.io);
    say(&a, "one");
    loop_turn(*state, NSEC_NEVER);
    loop_turn(*state, 0);
    assert_int_equal(a.recvs, 0);

    a.on_bytes = pause_on_bytes;
    io_resume(&a.io);
    loop_turn(*state, NSEC_NEVER);
    assert_string_equal(a.last, "one");
    say(&a, "two");
    hang_up(&a);
    loop_turn(*state, 0);
    loop_turn(*state, 0);
    assert_int_equal(a.recvs, 1);

    io_resume(&a.io);
    loop_turn(*state, NSEC_NEVER);
    assert_string_equal(a.last, "two");
    assert_int_equal(a.ends, 0);
    io_resume(&a.io);
    loop_turn(*state, NSEC_NEVER);
    assert_int_equal(a.ends, 1);
    io_resume(&a.io);
    loop_turn(*state, 0);
    assert_int_equal(a.ends, 1);
    unpair(&a);
}

static void free_victim(struct peer *peer)
{
    struct peer *victim = peer->victim;
    if (!victim)
        return;
    victim->victim = NULL;
    peer->victim = NULL;
    unpair(victim);
    free(victim);
}

/* Both have events in one batch; whichever is called first frees the other. */
static void an_io_may_be_freed_by_another(void **state)
{
    struct peer *a = NEW(struct peer), *b = NEW(struct peer);
    struct loop *loop = *state;
    pair_up(a, loop);
    pair_up(b, loop);
    a->victim = b;
    b->victim = a;
    a->on_bytes = b->on_bytes = free_victim;
    int survivor_fd[2] = {a->other_fd, b->other_fd};
    say(a, "a");
    say(b, "b");
    loop_turn(loop, NSEC_NEVER);
    loop_turn(loop, 0);
    /* The kernel does not promise an order: the survivor is the one whose far end is open. */
    struct peer *survivor = fcntl(survivor_fd[0], F_GETFD) >= 0 ? a : b;
    assert_int_equal(survivor->recvs, 1);
    unpair(survivor);
    free(survivor);
}

static void free_self(struct peer *peer)
{
    unpair(peer);
    peer->victim->recvs = peer->recvs;
    free(peer);
}

static void an_io_may_free_itself(void **state)
{
    struct peer *a = NEW(struct peer), result = {0};
    pair_up(a, *state);
    a->victim = &result;
    a->on_bytes = free_self;
    say(a, "bye");
    hang_up(a);
    loop_turn(*state, NSEC_NEVER);
    loop_turn(*state, 0);
    assert_int_equal(result.recvs, 1);
}

static void reopen(struct peer *peer)
{
    struct loop *loop = peer->loop;
    unpair(peer);
    pair_up(peer, loop);
    peer->recvs = 100;
}

/* The old socket's hang-up must not be taken for the new one's. */
static void an_io_may_be_reused_in_its_callback(void **state)
{
    struct peer a;
    pair_up(&a, *state);
    a.on_bytes = reopen;
    say(&a, "old");
    hang_up(&a);
    loop_turn(*state, NSEC_NEVER);
    loop_turn(*state, 0);
    assert_int_equal(a.recvs, 100);
    assert_int_equal(a.ends, 0);
    say(&a, "new");
    loop_turn(*state, NSEC_NEVER);
    assert_string_equal(a.last, "new");
    unpair(&a);
}

/* A copy of the descriptor, as a forked child holds one, keeps the kernel's entry alive. */
static void events_of_a_closed_io_reach_no_other(void **state)
{
    struct peer old, new;
    pair_up(&old, *state);
    int copy = dup(old.io.fd), far_fd = old.other_fd;
    loop_turn(*state, 0);
    io_close(&old.io);
    pair_up(&new, *state);
    loop_turn(*state, 0);
    assert_int_equal(write(far_fd, "late", 4), 4);
    close(far_fd);
    loop_turn(*state, 0);
    assert_int_equal(old.recvs + old.ends, 0);
    assert_int_equal(new.recvs + new.ends, 0);
    close(copy);
    unpair(&new);
}

static void sending_reports_room_again(void **state)
{
    struct peer a;
    pair_up(&a, *state);
    char *block = mem_new(1, MEBIBYTE);
    size_t sent = 0;
    ssize_t len;
    do {
        len = io_send(&a.io, block, MEBIBYTE);
        assert_true(len >= 0);
        sent += (size_t)len;
    } while (len > 0);
    loop_turn(*state, 0);
    assert_int_equal(a.writables, 0);
    while (sent > 0) {
        len = read(a.other_fd, block, MEBIBYTE);
        assert_true(len > 0);
        sent -= (size_t)len;
    }
    loop_turn(*state, NSEC_NEVER);
    assert_int_equal(a.writables, 1);
    assert_int_equal(io_send(&a.io, "x", 1), 1);
    loop_turn(*state, 0);
    assert_int_equal(a.writables, 1);
    free(block);
    unpair(&a);
}

static void sending_to_a_closed_peer_is_an_error(void **state)
{
    struct peer a;
    pair_up(&a, *state);
    hang_up(&a);
    ssize_t sent = io_send(&a.io, "x", 1);
    if (sent == 1) {
        loop_turn(*state, 0);
        assert_int_equal(io_unsent(&a.io), 1);
        sent = io_send(&a.io, "x", 1);
    }
    assert_int_equal(sent, -EPIPE);
    unpair(&a);
}

/* Reads what is there and holds it against the pattern; the count of bytes. */
static size_t read_pattern(int fd, size_t from)
{
    unsigned char bytes[8192];
    size_t count = 0;
    ssize_t len;
    while ((len = read(fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < len; i++, count++)
            assert_int_equal(bytes[i], (from + count) % 251);
    }
    return count;
}

static size_t send_pattern(struct peer *peer, size_t from, size_t len)
{
    unsigned char bytes[10000];
    for (size_t i = 0; i < len; i++)
        bytes[i] = (unsigned char)((from + i) % 251);
    ssize_t sent = io_send(&peer->io, bytes, len);
    assert_true(sent >= 0);
    return (size_t)sent;
}

/* Messages of all sizes, more than the socket holds, several a turn. */
static void sends_arrive_in_order(void **state)
{
    static const size_t SIZES[] = {700, 1, 4096, 3000, 10000, 64, 64, 5000, 4095};
    struct peer a;
    pair_up(&a, *state);
    setsockopt(a.io.fd, SOL_SOCKET, SO_SNDBUF, &(int){16384}, sizeof(int));
    size_t sent = 0, received = 0, stalls = 0;
    for (size_t i = 0; sent < 4 * MEBIBYTE; i++) {
        int before = a.writables;
        size_t len = SIZES[i % COUNT_OF(SIZES)], taken = send_pattern(&a, sent, len);
        sent += taken;
        if (i % 3 == 0)
            loop_turn(*state, 0);
        if (taken == len)
            continue;
        stalls++;
        for (; a.writables == before; loop_turn(*state, 0))
            received += read_pattern(a.other_fd, received);
    }
    assert_true(stalls > 0);
    while (received < sent) {
        loop_turn(*state, 0);
        received += read_pattern(a.other_fd, received);
    }
    assert_int_equal(io_unsent(&a.io), 0);
    assert_int_equal(received, sent);
    unpair(&a);
}

static void last_bytes_leave_before_the_close(void **state)
{
    char text[8] = "";
    struct peer a;
    pair_up(&a, *state);
    loop_turn(*state, 0);
    assert_int_equal(io_send(&a.io, "bye", 3), 3);
    io_close(&a.io);
    loop_turn(*state, 0);
    assert_int_equal(read(a.other_fd, text, sizeof text), 3);
    assert_string_equal(text, "bye");
    assert_int_equal(read(a.other_fd, text, sizeof text), 0);
    unpair(&a);
}

/* More bytes than the loop has room for in one turn, for more sockets than it has buffers. */
static void many_receive_at_once(void **state)
{
    enum {
        COUNT = 100,
        BYTES = 32 * 1024
    };
    struct peer *peers = NEW_ARRAY(struct peer, COUNT);
    char *block = mem_new(1, BYTES);
    for (int i = 0; i < COUNT; i++) {
        pair_up(&peers[i], *state);
        assert_int_equal(write(peers[i].other_fd, block, BYTES), BYTES);
    }
    size_t total = 0;
    while (total < (size_t)COUNT * BYTES) {
        loop_turn(*state, NSEC_PER_SEC);
        total = 0;
        for (int i = 0; i < COUNT; i++)
            total += peers[i].bytes;
    }
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(peers[i].bytes, BYTES);
        unpair(&peers[i]);
    }
    free(block);
    free(peers);
}

static void *run_in_thread(void *loop)
{
    loop_run(loop);
    return NULL;
}

static void stop_on_bytes(struct peer *peer)
{
    assert_int_equal(io_send(&peer->io, "pong", 4), 4);
    loop_stop(peer->loop);
}

/* As a worker does it: made here, run on a thread, ended here. */
static void a_loop_may_run_on_another_thread(void **state)
{
    pthread_t thread;
    char text[8] = "";
    struct peer a;
    pair_up(&a, *state);
    a.on_bytes = stop_on_bytes;
    say(&a, "ping");
    assert_int_equal(pthread_create(&thread, NULL, run_in_thread, *state), 0);
    pthread_join(thread, NULL);
    io_close(&a.io);
    assert_int_equal(fcntl(a.other_fd, F_SETFL, 0), 0);
    ssize_t len = read(a.other_fd, text, sizeof text);
    assert_true(len == 4 || len == 0);
    unpair(&a);
}

static void connects_and_talks(void **state)
{
    struct sockaddr_in address;
    int listener = listen_loopback(&address, true), flag = 0;
    socklen_t len = sizeof flag;
    struct peer a;
    start_tcp(&a, *state, &address);
    loop_turn(*state, NSEC_NEVER);
    assert_int_equal(a.connects, 1);
    assert_int_equal(a.connect_error, 0);
    assert_int_equal(getsockopt(a.io.fd, IPPROTO_TCP, TCP_NODELAY, &flag, &len), 0);
    assert_true(flag);
    assert_true(fcntl(a.io.fd, F_GETFD) & FD_CLOEXEC);

    a.other_fd = accept(listener, NULL, NULL);
    char text[8] = "";
    assert_int_equal(io_send(&a.io, "ping", 4), 4);
    loop_turn(*state, 0);
    assert_int_equal(io_unsent(&a.io), 0);
    assert_int_equal(read(a.other_fd, text, sizeof text), 4);
    assert_string_equal(text, "ping");
    say(&a, "pong");
    while (a.recvs == 0)
        loop_turn(*state, NSEC_NEVER);
    assert_string_equal(a.last, "pong");
    unpair(&a);
    close(listener);
}

static void bytes_before_the_connect_event_are_kept(void **state)
{
    struct sockaddr_in address;
    int listener = listen_loopback(&address, true);
    struct peer a;
    start_tcp(&a, *state, &address);
    /* Begins with the next wait there, which then sees its end too. */
    if (test_poller() == POLLER_IO_URING)
        loop_turn(*state, 0);
    a.other_fd = accept(listener, NULL, NULL);
    say(&a, "banner");
    hang_up(&a);
    while (a.ends == 0)
        loop_turn(*state, NSEC_NEVER);
    assert_int_equal(a.connects, 1);
    assert_string_equal(a.last, "banner");
    assert_int_equal(a.end, 0);
    unpair(&a);
    close(listener);
}

static void a_reset_is_an_error(void **state)
{
    struct sockaddr_in address;
    int listener = listen_loopback(&address, true);
    struct peer a;
    start_tcp(&a, *state, &address);
    loop_turn(*state, NSEC_NEVER);
    a.other_fd = accept(listener, NULL, NULL);
    struct linger linger = {.l_onoff = 1};
    setsockopt(a.other_fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    hang_up(&a);
    while (a.ends == 0)
        loop_turn(*state, NSEC_NEVER);
    assert_int_equal(a.end, -ECONNRESET);
    unpair(&a);
    close(listener);
}

static void a_refused_connection_is_reported_once(void **state)
{
    struct sockaddr_in address;
    int bound = listen_loopback(&address, false);
    struct peer a;
    start_tcp(&a, *state, &address);
    loop_turn(*state, NSEC_NEVER);
    loop_turn(*state, 0);
    assert_int_equal(a.connects, 1);
    assert_int_equal(a.connect_error, ECONNREFUSED);
    assert_int_equal(a.ends, 0);
    unpair(&a);
    close(bound);
}

static void a_full_descriptor_table_is_reported(void **state)
{
    struct sockaddr_in address;
    int listener = listen_loopback(&address, true);
    struct rlimit old, none;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct io io = {.fd = 0};
    int error = io_connect(
        &io, *state, &ops,
        &(struct io_route){.peer = (struct sockaddr *)&address, .peer_len = sizeof address});
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(error, -EMFILE);
    assert_int_equal(io.fd, -1);
    close(listener);
}

struct watched {
    struct fd_watch watch;
    int readables, writables;
};

static void on_ready(struct fd_watch *watch, bool readable, bool writable)
{
    struct watched *watched = CONTAINER_OF(watch, struct watched, watch);
    watched->readables += readable;
    watched->writables += writable;
}

static void watches_what_is_wanted(void **state)
{
    static const struct {
        const char *name;
        bool read, write;
    } cases[] = {
        {"nothing", false, false},
        {"read", true, false},
        {"write", false, true},
        {"both", true, true},
    };
    struct watched w = {0};
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(fd_watch_init(&w.watch, *state, -1, on_ready), -EBADF);
    assert_int_equal(fd_watch_init(&w.watch, *state, fds[0], on_ready), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        print_message("%s\n", cases[i].name);
        w.readables = w.writables = 0;
        assert_int_equal(fd_watch_set(&w.watch, cases[i].read, cases[i].write), 0);
        loop_turn(*state, 0);
        loop_turn(*state, 0);
        assert_int_equal(w.readables, cases[i].read ? 2 : 0);
        assert_int_equal(w.writables, cases[i].write ? 2 : 0);
    }
    close(fds[0]);
    fd_watch_done(&w.watch);
    fd_watch_done(&w.watch);
    close(fds[1]);
}

#define LOOP_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

/* clang-format off */
#define ON_PAIRS                                                                                   \
    LOOP_TEST(receives_bytes_and_end),                                                             \
    LOOP_TEST(reads_bytes_that_came_before_attaching),                                             \
    LOOP_TEST(shares_turns_fairly),                                                                \
    LOOP_TEST(drained_sockets_are_read_until_empty),                                               \
    LOOP_TEST(pausing_loses_nothing),                                                              \
    LOOP_TEST(an_io_may_be_freed_by_another),                                                      \
    LOOP_TEST(an_io_may_free_itself),                                                              \
    LOOP_TEST(an_io_may_be_reused_in_its_callback),                                                \
    LOOP_TEST(events_of_a_closed_io_reach_no_other),                                               \
    LOOP_TEST(sending_reports_room_again),                                                         \
    LOOP_TEST(sends_arrive_in_order),                                                              \
    LOOP_TEST(last_bytes_leave_before_the_close),                                                  \
    LOOP_TEST(many_receive_at_once),                                                               \
    LOOP_TEST(a_loop_may_run_on_another_thread)

/* clang-format on */

int main(void)
{
    const struct CMUnitTest unix_pairs[] = {
        ON_PAIRS,
        LOOP_TEST(sending_to_a_closed_peer_is_an_error),
    };
    const struct CMUnitTest tcp_pairs[] = {
        ON_PAIRS,
        LOOP_TEST(attaching_a_bad_descriptor_fails),
        LOOP_TEST(connects_and_talks),
        LOOP_TEST(bytes_before_the_connect_event_are_kept),
        LOOP_TEST(a_reset_is_an_error),
        LOOP_TEST(a_refused_connection_is_reported_once),
        LOOP_TEST(a_full_descriptor_table_is_reported),
        LOOP_TEST(watches_what_is_wanted),
    };
    int failed = cmocka_run_group_tests(unix_pairs, NULL, NULL);
    pairs_are_tcp = true;
    return failed + cmocka_run_group_tests(tcp_pairs, NULL, NULL);
}
