/* SPDX-License-Identifier: Apache-2.0
 *
 * Just enough of RFC 1035: one question in, its records out.
 */
#include "name_server.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

#define HEADER_BYTES 12
#define TYPE_A       1
#define TYPE_AAAA    28
#define NO_SUCH_NAME 3

struct name_server {
    int fd;
    char address[32];
    pthread_t thread;
    atomic_size_t count;
    atomic_bool stop;
};

static size_t add_record(unsigned char *out, int type, const void *data, size_t len)
{
    /* The name is the question's; class IN; 60 s. */
    const unsigned char head[] = {0xc0, HEADER_BYTES, 0, (unsigned char)type, 0, 1, 0, 0,
                                  0,    60,           0, (unsigned char)len};

    memcpy(out, head, sizeof(head));
    memcpy(out + sizeof(head), data, len);
    return sizeof(head) + len;
}

/* The reply takes the place of the question; its length, 0 for silence. */
static size_t answer(unsigned char *message, size_t len)
{
    static const unsigned char both[3][4] = {{10, 0, 0, 1}, {10, 0, 0, 1}, {10, 0, 0, 2}};
    static const unsigned char local[2][4] = {{127, 0, 0, 2}, {127, 0, 0, 1}};
    static const unsigned char sixth[16] = {0xfd, [15] = 1};
    const char *name = (const char *)message + HEADER_BYTES + 1;
    size_t end = HEADER_BYTES + strlen(name - 1) + 1 + 4;
    int type = message[end - 3];
    size_t at = end;

    if (len < end || strncmp(name, "silent", 6) == 0)
        return 0;
    message[2] = 0x81;
    message[3] = 0x80;
    memset(message + 6, 0, 6);
    bool is_both = strncmp(name, "both", 4) == 0;
    if (!is_both && strncmp(name, "local", 5) != 0) {
        message[3] |= NO_SUCH_NAME;
        return end;
    }
    if (type == TYPE_A) {
        message[7] = is_both ? 3 : 2;
        for (int i = 0; i < message[7]; i++)
            at += add_record(message + at, type, is_both ? both[i] : local[i], 4);
    } else if (type == TYPE_AAAA && is_both) {
        at += add_record(message + at, type, sixth, sizeof(sixth));
        message[7] = 1;
    }
    return at;
}

static void *serve(void *arg)
{
    struct name_server *server = arg;
    unsigned char message[1024];
    struct sockaddr_in from;

    for (;;) {
        socklen_t from_len = sizeof(from);

        memset(message, 0, sizeof(message));

        ssize_t len = recvfrom(server->fd, message, 512, 0, (struct sockaddr *)&from, &from_len);

        if (server->stop)
            return NULL;
        if (len < HEADER_BYTES)
            continue;
        server->count++;

        size_t reply = answer(message, (size_t)len);

        if (reply > 0)
            sendto(server->fd, message, reply, 0, (struct sockaddr *)&from, from_len);
    }
}

struct name_server *name_server_new(void)
{
    struct name_server *server = NEW(struct name_server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);

    server->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(server->fd, (struct sockaddr *)&address, len) < 0 ||
        getsockname(server->fd, (struct sockaddr *)&address, &len) < 0)
        abort();
    snprintf(server->address, sizeof(server->address), "127.0.0.1:%u", ntohs(address.sin_port));
    pthread_create(&server->thread, NULL, serve, server);
    return server;
}

/* A datagram of no bytes wakes the thread. */
void name_server_free(struct name_server **ptr)
{
    struct name_server *server = *ptr;
    struct sockaddr_in address;
    socklen_t len = sizeof(address);

    if (!server)
        return;
    server->stop = true;
    getsockname(server->fd, (struct sockaddr *)&address, &len);
    sendto(server->fd, "", 0, 0, (struct sockaddr *)&address, len);
    pthread_join(server->thread, NULL);
    close(server->fd);
    free(server);
    *ptr = NULL;
}

const char *name_server_address(const struct name_server *server)
{
    return server->address;
}

size_t name_server_count(struct name_server *server)
{
    return server->count;
}
