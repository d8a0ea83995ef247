/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for a Python interpreter that runs a locustfile: plays the file that takes the place of
 * launch.py, one step a line. With KENEYPERF_PYTHON set to this program, `keneyperf run x.py` is
 * tested without Python, down to what no real one would do.
 *
 *   await TYPE             waits for this message (settings, start, stop); 9 when there is none
 *   say JSON               sends it; $PID is this process
 *   requests N MS OK       adds N requests that took MS to the next snapshot
 *   snapshot STREAM        sends it to this worker's connection
 *   bytes STREAM TEXT      sends that instead
 *   babble TEXT            says that, and it is no frame
 *   sleep MS               as a computation would
 *   print TEXT             on stderr
 *   settings PATH TEXT     9 unless the settings have this JSON value there, like host or hosts.a
 *   die SIGNAL, exit N     ends; a script that ends waits for the end of the connection first
 *   hang                   ends never by itself
 */
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "metrics/recorder.h"
#include "metrics/registry.h"
#include "metrics/snapshot.h"
#include "run/frames.h"
#include "script/locust/locust_metrics.h"

enum {
    MAX_STREAMS = 16,
    MAX_LINE = 4096,
    WRONG = 9,
};

static struct {
    struct frame_reader control;
    json_t *settings;
    struct registry *registry;
    struct recorder *recorder;
    bool introduced[MAX_STREAMS];
} me;

static _Noreturn void wrong(const char *what, const char *why)
{
    fprintf(stderr, "stand-in: %s: %s\n", what, why);
    exit(WRONG);
}

static void make_recorder(void)
{
    struct locust_metrics metrics;
    size_t i;
    json_t *selector;
    me.registry = registry_new();
    locust_metrics_declare(me.registry, &metrics);
    json_array_foreach(json_object_get(me.settings, "selectors"), i, selector)
    {
        if (!registry_add_selector(me.registry, span_cstr(json_string_value(selector)), NULL))
            wrong("selector", json_string_value(selector));
    }
    me.recorder = recorder_new(me.registry, 0);
}

static bool next_frame(struct frame *frame)
{
    char byte;
    enum step step;
    while ((step = frame_reader_next(&me.control, frame)) == STEP_MORE && me.control.fd >= 0) {
        recv(me.control.fd, &byte, 1, MSG_PEEK); /* waits */
        frame_reader_fill(&me.control);
    }
    return step == STEP_DONE;
}

static void await(const char *type)
{
    struct frame frame;
    if (!next_frame(&frame))
        wrong(type, "the connection was closed instead");
    json_t *message = json_loadb(frame.payload.ptr, frame.payload.len, 0, NULL);
    const char *got = json_string_value(json_object_get(message, "type"));
    if (!got || strcmp(got, type) != 0)
        wrong(type, got ? got : "no message");
    if (strcmp(type, "settings") == 0) {
        me.settings = json_incref(message);
        make_recorder();
    }
    json_decref(message);
}

static void say(const char *text)
{
    AUTO(strbuf_done) struct strbuf json = STRBUF_INIT(2 * MAX_LINE);
    const char *pid = strstr(text, "$PID");
    if (pid)
        strbuf_addf(&json, "%.*s%d%s", (int)(pid - text), text, (int)getpid(), pid + 4);
    else
        strbuf_adds(&json, text);
    if (frame_write(me.control.fd, FRAME_JSON, strbuf_span(&json)) < 0)
        wrong("say", "nobody listens");
}

static void add_requests(const char *text)
{
    int count, ms, ok;
    if (sscanf(text, "%d %d %d", &count, &ms, &ok) != 3)
        wrong("requests", text);
    for (int i = 0; i < count; i++) {
        recorder_add(me.recorder, METRIC_HTTP_REQS, NULL, 1);
        recorder_add(me.recorder, METRIC_HTTP_REQ_DURATION, NULL, ms);
        recorder_add(me.recorder, METRIC_HTTP_REQ_FAILED, NULL, !ok);
        recorder_add(me.recorder, METRIC_ITERATIONS, NULL, 1);
    }
    recorder_add(me.recorder, METRIC_VUS, NULL, 12345); /* nobody may believe it */
}

static int stream(const char *number)
{
    json_t *fds = json_object_get(me.settings, "snapshot_fds");
    json_t *fd = json_array_get(fds, (size_t)atoi(number));
    if (!fd)
        wrong("stream", number);
    return (int)json_integer_value(fd);
}

static void send_to(int fd, enum frame_type type, const struct strbuf *payload)
{
    if (frame_write(fd, type, strbuf_span(payload)) < 0)
        wrong("snapshot", "nobody listens");
}

static void send_snapshot(const char *number)
{
    AUTO(strbuf_done) struct strbuf payload = STRBUF_INIT(64 << 20);
    int fd = stream(number);
    if (!me.introduced[atoi(number)]) {
        snapshot_encode_dictionary(me.registry, &payload);
        send_to(fd, FRAME_DICTIONARY, &payload);
        me.introduced[atoi(number)] = true;
        strbuf_reset(&payload);
    }
    struct snapshot *cut = recorder_cut(me.recorder, clock_now(clock_monotonic()));
    snapshot_encode(cut, &payload);
    recorder_recycle(me.recorder, cut);
    send_to(fd, FRAME_SNAPSHOT, &payload);
}

static void send_bytes(const char *text)
{
    const char *bytes = strchr(text, ' ') + 1;
    AUTO(strbuf_done) struct strbuf payload = STRBUF_INIT(MAX_LINE);
    strbuf_adds(&payload, bytes);
    send_to(stream(text), FRAME_DICTIONARY, &payload);
}

static void babble(const char *text)
{
    if (send(me.control.fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        wrong("babble", strerror(errno));
}

static void check_settings(const char *text)
{
    const char *wanted = strchr(text, ' ') + 1;
    struct span part, path = span_of(text, (size_t)(wanted - text) - 1);
    json_t *value = me.settings;
    while (path.len) {
        part = span_cut(path, '.', &path);
        AUTO(mem_free) char *name = mem_dup(part.ptr, part.len);
        value = json_object_get(value, name);
    }
    char *got = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(6));
    if (!got || strcmp(got, wanted) != 0)
        wrong(text, got ? got : "is not there");
    free(got);
}

static void rest(const char *text)
{
    usleep((useconds_t)atoi(text) * 1000);
}

static void print(const char *text)
{
    fprintf(stderr, "%s\n", text);
}

static void die(const char *text)
{
    kill(getpid(), atoi(text));
}

static void leave(const char *text)
{
    exit(atoi(text));
}

static void hang(const char *text)
{
    for (;;)
        pause();
}

static const struct word {
    const char *name;
    void (*fn)(const char *text);
} WORDS[] = {
    {"await", await},
    {"say", say},
    {"requests", add_requests},
    {"snapshot", send_snapshot},
    {"bytes", send_bytes},
    {"babble", babble},
    {"sleep", rest},
    {"print", print},
    {"settings", check_settings},
    {"die", die},
    {"exit", leave},
    {"hang", hang},
};

static void play(char *line)
{
    line[strcspn(line, "\n")] = '\0';
    size_t length = strcspn(line, " ");
    for (size_t i = 0; i < COUNT_OF(WORDS); i++) {
        if (strlen(WORDS[i].name) == length && memcmp(WORDS[i].name, line, length) == 0) {
            WORDS[i].fn(line + length + (line[length] == ' '));
            return;
        }
    }
    if (*line)
        wrong(line, "is no step");
}

int main(int argc, char **argv)
{
    char line[MAX_LINE];
    struct frame frame;
    const char *fd = getenv("KENEYPERF_RUN_FD");
    FILE *script = argc > 1 ? fopen(argv[1], "re") : NULL;
    if (!fd || !script)
        wrong("KENEYPERF_RUN_FD", "or the script is missing");
    frame_reader_init(&me.control, atoi(fd));
    while (fgets(line, sizeof(line), script))
        play(line);
    fclose(script);
    while (next_frame(&frame))
        continue;
    recorder_free(&me.recorder);
    registry_free(&me.registry);
    json_decref(me.settings);
    frame_reader_done(&me.control);
    return 0;
}
